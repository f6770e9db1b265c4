"use client";
import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type RefObject, useRef } from "react";
import { buttonClass } from "./button.tsx";
import type { DialogProps, SideSheetProps } from "./dialog-props.ts";
import { cn } from "./lib/cn.ts";
import { useUi } from "./lib/ui-provider.tsx";

const SIZES = { sm: "max-w-md", md: "max-w-xl", lg: "max-w-3xl" } as const;

/** A question or a short form over the page. Focus stays inside; Escape closes; focus returns to where it was. */
export function DialogBody({ open, onOpenChange, title, description, footer, size = "md", children }: DialogProps) {
  const content = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-veil transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Viewport className="fixed inset-0 z-50 grid place-items-center overflow-y-auto p-4">
          <Base.Popup
            ref={content}
            initialFocus={(how) => (how === "touch" ? content.current : firstAnswer(content))}
            className={cn(
              "flex max-h-full w-full flex-col rounded-lg border border-line-strong bg-surface text-text outline-none transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0",
              SIZES[size],
            )}
          >
            <PanelHead title={title} description={description} />
            {children !== undefined && <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-4">{children}</div>}
            {footer !== undefined && (
              <div data-dialog-footer className="flex flex-wrap justify-end gap-2 border-t px-5 py-3">
                {footer}
              </div>
            )}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}

/** Where a person goes on: the first field, else the first button below, which takes nothing back that was not asked for. Not the closing cross. */
function firstAnswer(content: RefObject<HTMLElement | null>): HTMLElement | true {
  const field = content.current?.querySelector<HTMLElement>("input:not(:disabled), select:not(:disabled), textarea:not(:disabled)");
  return field ?? content.current?.querySelector<HTMLElement>("[data-dialog-footer] button:not(:disabled)") ?? true;
}

function PanelHead({ title, description }: Pick<DialogProps, "title" | "description">) {
  const { labels } = useUi();
  return (
    <div className="flex items-start gap-4 px-5 pt-4 pb-3">
      <div className="min-w-0 flex-1">
        <Base.Title className="font-semibold text-lg">{title}</Base.Title>
        {description !== undefined && <Base.Description className="mt-1 text-muted">{description}</Base.Description>}
      </div>
      <Base.Close aria-label={labels.close} className={cn(buttonClass({ variant: "ghost", size: "icon" }), "-mr-2")}>
        <X size={16} aria-hidden />
      </Base.Close>
    </div>
  );
}

/** Like Dialog, from the right edge: details beside the list that they belong to. */
export function DrawerBody({ open, onOpenChange, title, description, footer, children }: Omit<DialogProps, "size">) {
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-veil transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup className="fixed inset-y-0 right-0 z-50 flex w-full max-w-lg flex-col border-line-strong border-l bg-surface text-text outline-none transition-transform data-ending-style:translate-x-full data-starting-style:translate-x-full">
          <PanelHead title={title} description={description} />
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-4">{children}</div>
          {footer !== undefined && <div className="flex flex-wrap justify-end gap-2 border-t px-5 py-3">{footer}</div>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** The navigation of a narrow screen, from the left edge. */
export function SideSheetBody({ open, onOpenChange, label, children }: SideSheetProps) {
  const { labels } = useUi();
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-veil transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          aria-label={label}
          className="fixed inset-y-0 left-0 z-50 w-60 border-line-strong border-r bg-sunken text-text outline-none transition-transform data-ending-style:-translate-x-full data-starting-style:-translate-x-full"
        >
          <Base.Close aria-label={labels.close} className={cn(buttonClass({ variant: "ghost", size: "icon" }), "absolute top-2.5 right-2")}>
            <X size={16} aria-hidden />
          </Base.Close>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
