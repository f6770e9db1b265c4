import chromium from "@sparticuz/chromium";

/**
 * The browser that npm brought. Its own `chromium.args` hold `--single-process`, which ends the browser when the first page closes:
 * they are not passed.
 */
export async function browserOptions(): Promise<{ launchOptions: { executablePath: string; args: string[] } }> {
  return { launchOptions: { executablePath: await chromium.executablePath(), args: ["--no-sandbox", "--disable-gpu"] } };
}
