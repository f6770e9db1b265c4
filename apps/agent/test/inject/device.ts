/** Preload: another device than this machine. `?memory=BYTES` has so much memory; `?year=1970` has a clock that begins there. */
import os from "node:os";
import { syncBuiltinESMExports } from "node:module";

const query = new URL(import.meta.url).searchParams;
const memory = query.get("memory");
const year = query.get("year");

if (memory !== null) {
  os.totalmem = () => Number(memory);
  syncBuiltinESMExports();
}

if (year !== null) {
  const offset = Date.UTC(Number(year), 0, 2) - Date.now();
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...args: [] | [string | number | Date]) {
      if (args.length === 0) super(RealDate.now() + offset);
      else super(args[0]);
    }
    static override now(): number {
      return RealDate.now() + offset;
    }
  } as DateConstructor;
}
