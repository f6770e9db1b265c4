import { writeFile } from "node:fs/promises";
import type { Ports } from "./choose-ports.ts";

/** Remembers the ports: devices keep the gateway's address. */
export async function writePortsFile(file: string, ports: Ports): Promise<void> {
  await writeFile(file, `${JSON.stringify(ports)}\n`);
}
