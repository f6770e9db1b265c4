"use client";
import { useEffect } from "react";

const load = () => import("./noto-sans-sc.ts");

// A Chinese page does not wait for hydration: on a machine without Chinese fonts its words are boxes until the faces are here.
if (typeof document !== "undefined" && document.documentElement.lang.startsWith("zh")) void load();

/**
 * Loads the style sheet of Noto Sans SC after the page stands: its hundred faces would hold up the first paint. The browser then fetches only the faces
 * whose characters are on the page and in no font of the machine, in either language: names may be Chinese too.
 */
export function ChineseFont() {
  useEffect(() => {
    void load();
  }, []);
  return null;
}
