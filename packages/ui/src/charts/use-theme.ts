"use client";
import { useEffect, useState } from "react";

/** Changes when the page's theme does: a canvas keeps the colours that it was drawn with. */
export function useTheme(): string {
  const [theme, setTheme] = useState("");
  useEffect(() => {
    const read = () => setTheme(`${document.documentElement.dataset["theme"] ?? ""} ${document.documentElement.className}`);
    read();
    const observer = new MutationObserver(read);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "class"] });
    return () => observer.disconnect();
  }, []);
  return theme;
}
