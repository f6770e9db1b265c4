"use client";
import { useEffect } from "react";

/**
 * Loads the style sheet of Noto Sans SC after the page stands: its hundred faces would hold up the first paint. The browser then fetches only the faces
 * whose characters are on the page, in either language: names may be Chinese too.
 */
export function ChineseFont() {
  useEffect(() => {
    void import("./noto-sans-sc.ts");
  }, []);
  return null;
}
