import type { Cost } from "../children/cost.ts";
import { SEARCHED, STATIC, type Variant } from "./make-variants.ts";
import { megabytes, table } from "./markdown.ts";
import type { LargeModel } from "./measure-large.ts";
import { RECORDED_COSTS } from "./recorded-peers.ts";

/** Ours beside the peer that does the same. */
export interface Pair {
  readonly what: string;
  readonly ours: Cost;
  readonly peer: string;
  readonly theirs: Cost;
  /** Whether the peer ran in this run; else its figures were recorded on another machine. */
  readonly now: boolean;
}

const PEER_OF = {
  [STATIC]: "ORT static MinMax",
  "static int8, percentile ranges": "ORT static Percentile",
  "static int8, entropy ranges": "ORT static Entropy",
  [SEARCHED]: "Neural Compressor accuracy-aware",
};

export function pairCosts(variants: readonly Variant[]): Pair[] {
  return Object.entries(PEER_OF).flatMap(([what, peer]) => {
    const ours = variants.find(({ tool }) => tool === what);
    const ran = variants.find(({ tool }) => tool === peer);
    const recorded = RECORDED_COSTS[peer];
    if (ours === undefined || (ran === undefined && recorded === undefined)) return [];
    const theirs = ran?.cost ?? { insideS: recorded?.insideS ?? 0, cpuS: recorded?.cpuS ?? 0, peakBytes: (recorded?.peakMb ?? 0) * 1e6 };
    return [{ what, ours: ours.cost, peer, theirs, now: ran !== undefined }];
  });
}

export function costTable(pairs: readonly Pair[], large: LargeModel | null): string {
  const cells = ({ insideS, cpuS, peakBytes }: Cost): string[] => [insideS.toFixed(1), cpuS.toFixed(1), megabytes(peakBytes)];
  const rows = pairs.map(({ what, ours, peer, theirs, now }) => [
    what,
    ...cells(ours),
    `${peer} (${now ? "this run" : "recorded"})`,
    ...cells(theirs),
  ]);
  if (large !== null) {
    const peer = large.peer === null ? ["not run", "", "", ""] : ["ORT dynamic (this run)", ...cells(large.peer)];
    rows.push([`dynamic int8 of a model of ${megabytes(large.bytes)} MB`, ...cells(large.ours), ...peer]);
  }
  return table(["MobileNetV2, 100 photos", "s", "CPU s", "peak MB", "peer", "s", "CPU s", "peak MB"], rows);
}
