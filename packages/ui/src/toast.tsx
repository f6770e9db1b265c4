"use client";
import { Toaster as Base } from "sonner";

export { toast } from "sonner";

/** Where toasts appear: once, in the shell. For what passes; what blocks is said inline. */
export function Toaster({ theme }: { theme: "light" | "dark" | "system" }) {
  return (
    <Base
      theme={theme}
      position="bottom-right"
      toastOptions={{
        style: {
          background: "var(--surface)",
          color: "var(--text)",
          border: "1px solid var(--line-strong)",
          borderRadius: "8px",
          boxShadow: "none",
          fontFamily: "var(--font-sans)",
          fontSize: "0.8125rem",
        },
      }}
    />
  );
}
