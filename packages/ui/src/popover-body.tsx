"use client";
import { Popover as Base } from "@base-ui/react/popover";
import type { PopoverProps } from "./popover-props.ts";

/** A small form or explanation beside the button that opened it. */
export default function PopoverBody({ trigger, title, align = "start", open, onOpenChange, children }: PopoverProps) {
  return (
    <Base.Root
      modal="trap-focus"
      {...(open === undefined ? {} : { open })}
      {...(onOpenChange === undefined ? {} : { onOpenChange: (next: boolean) => onOpenChange(next) })}
    >
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} sideOffset={4} className="z-50">
          <Base.Popup className="max-h-[var(--available-height)] w-80 max-w-[calc(100vw-2rem)] overflow-y-auto rounded-lg border border-line-strong bg-surface p-4 text-sm text-text outline-none">
            {title !== undefined && <Base.Title className="mb-2 font-semibold">{title}</Base.Title>}
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
