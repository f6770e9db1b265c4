import path from "node:path";
import { z } from "zod";

/** What the launcher hands over, as one JSON argument. */
const optionsSchema = z.object({
  port: z.number().int().optional(),
  devices: z.number().int().min(0).max(200),
  reset: z.boolean(),
  data: z.string().optional(),
  host: z.string().optional(),
});

export interface StandaloneOptions {
  /** The port that a person asked for; undefined where any will do. */
  port: number | undefined;
  devices: number;
  reset: boolean;
  dataDirectory: string;
  host: string;
}

/** @throws ZodError where the launcher and this program disagree. */
export function parseOptions(argument: string | undefined, root: string): StandaloneOptions {
  const given = optionsSchema.parse(JSON.parse(argument ?? '{"devices":5,"reset":false}'));
  return {
    port: given.port,
    devices: given.devices,
    reset: given.reset,
    dataDirectory: path.resolve(root, given.data ?? ".flotilla"),
    host: given.host ?? "127.0.0.1",
  };
}
