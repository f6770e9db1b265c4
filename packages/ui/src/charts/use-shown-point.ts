import { useEffect, useRef, useState } from "react";

/** Time to move the pointer from a point onto its tip. */
const LINGER_MS = 200;

export interface ShownPoint {
  /** The point whose tip is shown: the one under the pointer, else the one with the focus. */
  id: string | null;
  point: (id: string) => void;
  /** The pointer left the point or the tip; the tip stays long enough to be reached. */
  leave: () => void;
  /** The pointer is on the tip. */
  stay: () => void;
  focus: (id: string | null) => void;
  /** Put away, until something else is pointed at or focused. */
  dismiss: () => void;
}

/** What a tip needs to be usable by pointer and keyboard (WCAG 1.4.13): it can be pointed at, put away, and lasts. */
export function useShownPoint(): ShownPoint {
  const [pointed, setPointed] = useState<string | null>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const stay = () => clearTimeout(timer.current);
  return {
    id: pointed ?? focused,
    point: (id) => {
      stay();
      setPointed(id);
    },
    leave: () => {
      stay();
      timer.current = setTimeout(() => setPointed(null), LINGER_MS);
    },
    stay,
    focus: setFocused,
    dismiss: () => {
      setPointed(null);
      setFocused(null);
    },
  };
}
