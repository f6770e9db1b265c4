import { z } from "zod";

/** A UUID, lower case: the only form of id that crosses a process boundary. */
export const idSchema = z.uuid();

/** SHA-256 as 64 lower-case hex digits: the address of a blob. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 is 64 lower-case hex digits");

/** RFC 3339 instant in UTC. */
export const instantSchema = z.iso.datetime();
