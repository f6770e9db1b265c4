"use client";
import { type ComponentType, lazy, type ReactElement, Suspense, useState } from "react";

export interface LazyMenuProps {
  /** The menu itself with the same button as trigger, open from the start. Loaded when the button is first pointed at, focused or pressed. */
  load: () => Promise<{ default: ComponentType }>;
  /** Draws the button while nothing is loaded. */
  button: (props: { onClick: () => void; onPointerEnter: () => void; onFocus: () => void }) => ReactElement;
}

/** A menu whose code is not part of the first load. */
export function LazyMenu({ load, button }: LazyMenuProps) {
  const [Loaded] = useState(() => lazy(load));
  const [opened, setOpened] = useState(false);
  const preload = () => void load();
  const plain = button({ onClick: () => setOpened(true), onPointerEnter: preload, onFocus: preload });
  if (!opened) return plain;
  return (
    <Suspense fallback={plain}>
      <Loaded />
    </Suspense>
  );
}
