"use client";
import { lazy, Suspense, useSyncExternalStore } from "react";
import type { ToasterTheme } from "./toast-host.tsx";
import { hasToasts, listenToToasts } from "./toast-queue.ts";

export { toast } from "./toast-queue.ts";

const Host = lazy(() => import("./toast-host.tsx"));

/** Where toasts appear: once, in the shell. For what passes; what blocks is said inline. */
export function Toaster({ theme }: { theme: ToasterTheme }) {
  const wanted = useSyncExternalStore(listenToToasts, hasToasts, () => false);
  if (!wanted) return null;
  return (
    <Suspense>
      <Host theme={theme} />
    </Suspense>
  );
}
