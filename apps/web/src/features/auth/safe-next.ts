/** The path to open after signing in: only a path of this application, so that a crafted link leads nowhere else. */
export function safeNext(value: string | string[] | undefined): string {
  if (typeof value !== "string" || !value.startsWith("/") || value.startsWith("//") || value.includes("\\")) return "/";
  return value;
}
