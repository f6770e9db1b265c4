/** Writes docs/formats.md: `pnpm --filter @flotilla/convert write-formats`. */
import { writeFileSync } from "node:fs";
import { describeFormats } from "./describe-formats.ts";

writeFileSync(new URL("../../../../docs/formats.md", import.meta.url), describeFormats());
