"use client";
import { useEffect } from "react";
import { Toaster as Base, toast as draw } from "sonner";
import { listenToToasts, takeToasts } from "./toast-queue.ts";

export type ToasterTheme = "light" | "dark" | "system";

const STYLE = {
  background: "var(--surface)",
  color: "var(--text)",
  border: "1px solid var(--line-strong)",
  borderRadius: "8px",
  boxShadow: "none",
  fontFamily: "var(--font-sans)",
  fontSize: "0.8125rem",
};

function flush(): void {
  for (const { kind, text } of takeToasts()) draw[kind](text);
}

/** Draws the messages with sonner. Default export: loaded when the first message comes. */
export default function ToastHost({ theme }: { theme: ToasterTheme }) {
  useEffect(() => {
    flush();
    return listenToToasts(flush);
  }, []);
  return <Base theme={theme} position="bottom-right" toastOptions={{ style: STYLE }} />;
}
