"use client";
import { cloneElement, type ReactElement, type ReactNode, Suspense, useState } from "react";

interface TriggerProps {
  onClick?: () => void;
  onPointerEnter?: () => void;
  onFocus?: () => void;
  "aria-haspopup"?: "menu" | "dialog";
  "aria-expanded"?: boolean;
}

export interface LoadedOnPressProps {
  /** The button, drawn alone until it is pressed. */
  trigger: ReactElement;
  /** Starts loading: called when the button is pointed at or focused. */
  load: () => Promise<unknown>;
  opened?: boolean;
  onOpen?: () => void;
  popup: "menu" | "dialog";
  /** The whole, with the same button inside, open from the start. */
  children: ReactNode;
}

/** What stands behind a button and is not part of the first load. */
export function LoadedOnPress({ trigger, load, opened = false, onOpen, popup, children }: LoadedOnPressProps) {
  const [pressed, setPressed] = useState(opened);
  const plain = cloneElement(trigger as ReactElement<TriggerProps>, {
    onClick: () => {
      setPressed(true);
      onOpen?.();
    },
    onPointerEnter: () => void load(),
    onFocus: () => void load(),
    "aria-haspopup": popup,
    "aria-expanded": false,
  });
  return pressed ? <Suspense fallback={plain}>{children}</Suspense> : plain;
}
