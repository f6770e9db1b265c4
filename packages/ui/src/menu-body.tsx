"use client";
import { Menu as Base } from "@base-ui/react/menu";
import { Check } from "lucide-react";
import { useState } from "react";
import { cn } from "./lib/cn.ts";
import { useUi } from "./lib/ui-provider.tsx";
import type { MenuItemProps, MenuProps, MenuRadioGroupProps } from "./menu-props.ts";

/** A menu of actions behind a button. */
export function MenuBody({ trigger, align = "end", side = "bottom", children }: MenuProps) {
  // Inside the page's main landmark: whoever moves by landmarks finds the menu, too. This is drawn only after a press, in a browser.
  const [container] = useState(() => document.querySelector("main") ?? document.body);
  return (
    <Base.Root modal={false} defaultOpen>
      <Base.Trigger render={trigger} />
      <Base.Portal container={container}>
        <Base.Positioner align={align} side={side} sideOffset={4} className="z-50 outline-none">
          <Base.Popup className="max-h-[var(--available-height)] min-w-44 overflow-y-auto rounded-lg border border-line-strong bg-surface p-1 text-sm text-text outline-none">
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

const ITEM =
  "flex min-h-8 cursor-default select-none items-center gap-2 rounded-md px-2 outline-none data-disabled:opacity-50 data-highlighted:bg-sunken";

export function MenuItemBody({ onSelect, href, icon, danger = false, disabled = false, children }: MenuItemProps) {
  const { Link } = useUi();
  const className = cn(ITEM, danger && "text-bad");
  if (href !== undefined) {
    return (
      <Base.LinkItem className={className} closeOnClick render={<Link href={href} />}>
        {icon}
        {children}
      </Base.LinkItem>
    );
  }
  return (
    <Base.Item className={className} disabled={disabled} onClick={onSelect}>
      {icon}
      {children}
    </Base.Item>
  );
}

export function MenuSeparatorBody() {
  return <Base.Separator className="-mx-1 my-1 h-px bg-line" />;
}

/** One choice out of a few, inside a menu. */
export function MenuRadioGroupBody<Value extends string>({ label, value, onValueChange, options }: MenuRadioGroupProps<Value>) {
  return (
    <Base.Group>
      <Base.GroupLabel className="px-2 pt-2 pb-1 text-faint text-xs">{label}</Base.GroupLabel>
      <Base.RadioGroup value={value} onValueChange={(next: Value) => onValueChange(next)}>
        {options.map((option) => (
          <Base.RadioItem key={option.value} value={option.value} closeOnClick className={ITEM}>
            <span className="inline-flex w-4">
              <Base.RadioItemIndicator>
                <Check size={14} aria-hidden />
              </Base.RadioItemIndicator>
            </span>
            {option.label}
          </Base.RadioItem>
        ))}
      </Base.RadioGroup>
    </Base.Group>
  );
}
