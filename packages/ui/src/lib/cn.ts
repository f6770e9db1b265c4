/** Joins class names, leaving out what is false. Later classes do not replace earlier ones: give a component layout classes only. */
export function cn(...names: (string | false | null | undefined)[]): string {
  return names.filter((name) => typeof name === "string" && name !== "").join(" ");
}
