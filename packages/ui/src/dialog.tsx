"use client";
import { type ComponentProps, type ComponentType, lazy, Suspense, useState } from "react";
import type { DialogProps, SideSheetProps } from "./dialog-props.ts";

export type { DialogProps, SideSheetProps } from "./dialog-props.ts";

/** Loads what is drawn only when it is first opened: no page pays for dialogs that nobody asked for. */
function openedLater<Props extends { open: boolean }>(load: () => Promise<{ default: ComponentType<Props> }>): ComponentType<Props> {
  const Body = lazy(load);
  return function OpenedLater(props: Props) {
    const [wanted, setWanted] = useState(props.open);
    if (props.open && !wanted) setWanted(true);
    if (!wanted) return null;
    return (
      <Suspense>
        <Body {...(props as ComponentProps<typeof Body>)} />
      </Suspense>
    );
  };
}

const bodies = () => import("./dialog-body.tsx");

/** A question or a short form over the page. Focus stays inside; Escape closes; focus returns to where it was. */
export const Dialog = openedLater<DialogProps>(async () => ({ default: (await bodies()).DialogBody }));

/** Like Dialog, from the right edge: details beside the list that they belong to. */
export const Drawer = openedLater<Omit<DialogProps, "size">>(async () => ({ default: (await bodies()).DrawerBody }));

/** The navigation of a narrow screen, from the left edge. */
export const SideSheet = openedLater<SideSheetProps>(async () => ({ default: (await bodies()).SideSheetBody }));
