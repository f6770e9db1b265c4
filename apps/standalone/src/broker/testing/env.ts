import { z } from "zod";

/** The tests' own environment. */
export const env = z.object({ TEST_BROKER: z.enum(["embedded", "mosquitto"]).default("embedded") }).parse(process.env);
