import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { CDPSession, Page, Request } from "@playwright/test";
import type { Stack } from "./stack.ts";

/** The connection of one page, made worse. */
export interface Connection {
  /** Limits what the page sends, in bytes a second. */
  slow(bytesPerSecond: number): Promise<void>;
  cut(): Promise<void>;
}

export async function openConnection(page: Page): Promise<Connection> {
  const session: CDPSession = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const set = async (offline: boolean, uploadThroughput: number): Promise<void> => {
    await session.send("Network.emulateNetworkConditions", { offline, latency: 0, downloadThroughput: -1, uploadThroughput });
  };
  return { slow: async (bytesPerSecond) => set(false, bytesPerSecond), cut: async () => set(true, -1) };
}

export interface Part {
  /** Where it starts in the file. */
  from: number;
  /** Where the server says that it has come to; null while it has not answered, or where the connection broke. */
  to: number | null;
}

/** Notes the parts of files that the page sends from now on, in their order. */
export function watchParts(page: Page): Part[] {
  const parts = new Map<Request, Part>();
  const list: Part[] = [];
  page.on("request", (request) => {
    if (request.method() !== "PATCH" || !request.url().includes("/api/upload/")) return;
    const part = { from: Number(request.headers()["upload-offset"]), to: null };
    parts.set(request, part);
    list.push(part);
  });
  page.on("response", (response) => {
    const part = parts.get(response.request());
    const offset = response.headers()["upload-offset"];
    if (part !== undefined && offset !== undefined) part.to = Number(offset);
  });
  return list;
}

/** What lies on the server's disk of unfinished uploads: bytes by upload. */
export async function unfinishedOnDisk(stack: Stack): Promise<Record<string, number>> {
  const directory = path.join(stack.dataDirectory, "uploads");
  const names = (await readdir(directory)).filter((name) => !name.endsWith(".json"));
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, (await stat(path.join(directory, name))).size] as const)));
}

/** Drops a file onto the page as a browser does. */
export async function dropFile(page: Page, file: string): Promise<void> {
  await dropFiles(page, [file]);
}

/** Drops files together: what drags them in sees them before they can be read. */
export async function dropFiles(page: Page, files: readonly string[]): Promise<void> {
  const contents = await Promise.all(
    files.map(async (file) => ({ base64: (await readFile(file)).toString("base64"), name: path.basename(file) })),
  );
  const transfer = await page.evaluateHandle((dropped) => {
    const data = new DataTransfer();
    for (const { base64, name } of dropped)
      data.items.add(new File([Uint8Array.from(atob(base64), (character) => character.codePointAt(0) ?? 0)], name));
    return data;
  }, contents);
  for (const event of ["dragenter", "dragover", "drop"]) await page.dispatchEvent("main", event, { dataTransfer: transfer });
}
