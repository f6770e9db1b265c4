import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { z } from "zod";

const portsSchema = z.object({ web: z.number(), gateway: z.number(), broker: z.number(), postgres: z.number() });
export type Ports = z.infer<typeof portsSchema>;

const DEFAULTS: Ports = { web: 8080, gateway: 8443, broker: 8883, postgres: 54_320 };

/**
 * The ports of this start: what a person asked for, else the last start's (devices remember the gateway's), else the default, else the
 * next free one. `notes` says where a default was taken.
 *
 * @throws Error with what to pass, when the port that a person asked for is taken.
 */
export async function choosePorts(
  file: string,
  asked: { web: number | undefined; host: string },
): Promise<{ ports: Ports; notes: string[] }> {
  const remembered = await readFile(file, "utf8").then(
    (text) => portsSchema.safeParse(JSON.parse(text)).data,
    () => undefined,
  );
  const notes: string[] = [];
  const taken = new Set<number>();
  const choose = async (name: keyof Ports): Promise<number> => {
    const wanted = (name === "web" ? asked.web : undefined) ?? remembered?.[name] ?? DEFAULTS[name];
    for (let port = wanted; port < wanted + 200; port += 1) {
      if (taken.has(port) || !(await isFree(port, name === "web" ? asked.host : "127.0.0.1"))) {
        if (name === "web" && asked.web !== undefined) {
          throw new Error(`Port ${wanted} is taken by another program. Stop it, or choose another: npm start -- --port ${wanted + 1}`);
        }
        continue;
      }
      taken.add(port);
      if (port !== wanted)
        notes.push(
          `Port ${wanted} is taken by another program: the ${name} uses ${port}.${name === "web" ? " Pass --port to choose." : ""}`,
        );
      return port;
    }
    throw new Error(`No free port from ${wanted} to ${wanted + 199} for the ${name}.`);
  };
  const ports: Ports = {
    web: await choose("web"),
    gateway: await choose("gateway"),
    broker: await choose("broker"),
    postgres: await choose("postgres"),
  };
  return { ports, notes };
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
