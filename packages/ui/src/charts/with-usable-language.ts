/**
 * Loads a library that makes a format of `navigator.language` as it loads, as uPlot does. Some browsers say a language there that Intl refuses
 * (`en-US@posix` where the system's is `C`), and the whole page would end in that error: the page's own language stands in meanwhile.
 */
export async function withUsableLanguage<Module>(load: () => Promise<Module>): Promise<Module> {
  if (isUsable(navigator.language)) return load();
  Object.defineProperty(navigator, "language", { value: document.documentElement.lang || "en", configurable: true });
  try {
    return await load();
  } finally {
    // The property of the instance goes, the browser's own shows again.
    Reflect.deleteProperty(navigator, "language");
  }
}

function isUsable(language: string): boolean {
  try {
    return Intl.getCanonicalLocales(language).length > 0;
  } catch {
    return false;
  }
}
