import { table } from "../optimise/markdown.ts";
import type { CleanUpRow, ConvertRow } from "./measure.ts";
import { errorText, leftByOnnxsim } from "./print-tables.ts";
import { ONNXSIM } from "./recorded-peers.ts";

export interface Target {
  readonly what: string;
  readonly measured: string;
  readonly holds: boolean;
}

const FIXTURE_S = 1;
/** Real models that have seconds of their own. */
const REAL_S: Readonly<Record<string, number>> = { mobilenet_v2: 3 };
const MAX_ERROR = 1e-5;
const MAX_STEPS = 1;
/** Of the int8 files of our own models, as many as ten make eight. */
const SHARE_WITHIN = 0.8;
const MAX_SHARE_OF_ONNXSIM = 2;

/** What the conversion promises, and whether this run kept it. What was not measured is not promised. */
export function judgeConversions(rows: readonly ConvertRow[], cleanUps: readonly CleanUpRow[]): Target[] {
  const real = Object.entries(REAL_S).flatMap(([name, limit]) =>
    timeTarget(
      name,
      limit,
      rows.filter((row) => row.name === name),
    ),
  );
  const fixtures = rows.filter(({ isFixture }) => isFixture);
  return [
    ...timeTarget("each fixture", FIXTURE_S, fixtures),
    ...real,
    ...errorTarget(rows),
    ...stepsTarget(rows),
    ...nodesTarget([
      ...rows.flatMap((row) => compare(`${row.name} from ${row.file}`, row.nodesAfter, leftByOnnxsim(row))),
      ...cleanUps.flatMap((row) => compare(row.name, row.nodesAfter, ONNXSIM[row.name]?.nodesAfter ?? null)),
    ]),
    ...cleanUpTarget(cleanUps),
  ];
}

export function targetsTable(targets: readonly Target[]): string {
  return table(
    ["target", "measured", ""],
    targets.map(({ what, measured, holds }) => [what, measured, holds ? "holds" : "**missed**"]),
  );
}

function timeTarget(who: string, limit: number, rows: readonly ConvertRow[]): Target[] {
  const slowest = worstOf(rows, ({ wallS }) => wallS);
  if (slowest === null) return [];
  const { name, file, wallS } = slowest;
  return [
    { what: `${who} in ≤ ${limit} s, with start`, measured: `${wallS.toFixed(2)} s at most (${name}, ${file})`, holds: wallS <= limit },
  ];
}

function errorTarget(rows: readonly ConvertRow[]): Target[] {
  const worst = worstOf(
    rows.filter(({ error }) => error?.unit === "relative"),
    ({ error }) => error?.value ?? 0,
  );
  if (worst === null) return [];
  const { name, file, error } = worst;
  return [
    {
      what: `float: error ≤ ${MAX_ERROR.toExponential()} · max(1, largest output)`,
      measured: `${errorText(error)} at most (${name}, ${file})`,
      holds: (error?.value ?? Number.NaN) <= MAX_ERROR,
    },
  ];
}

function stepsTarget(rows: readonly ConvertRow[]): Target[] {
  const integers = rows.filter(({ error }) => error?.unit === "steps");
  const within = integers.filter(({ error }) => (error?.value ?? Number.NaN) <= MAX_STEPS);
  if (integers.length === 0) return [];
  return [
    {
      what: `int8: ≥ ${100 * SHARE_WITHIN} % of the files within ${MAX_STEPS} step of TFLite's answer`,
      measured: `${within.length} of ${integers.length}`,
      holds: within.length >= SHARE_WITHIN * integers.length,
    },
  ];
}

interface Nodes {
  readonly what: string;
  readonly ours: number;
  readonly theirs: number;
}

function compare(what: string, ours: number, theirs: number | null): Nodes[] {
  return theirs === null ? [] : [{ what, ours, theirs }];
}

function nodesTarget(all: readonly Nodes[]): Target[] {
  if (all.length === 0) return [];
  const more = all.filter(({ ours, theirs }) => ours > theirs);
  return [
    {
      what: "after clean-up not more nodes than onnxsim leaves",
      measured:
        more.length === 0
          ? `all ${all.length} graphs`
          : more.map(({ what, ours, theirs }) => `${what}: ${ours} instead of ${theirs}`).join(", "),
      holds: more.length === 0,
    },
  ];
}

function cleanUpTarget(rows: readonly CleanUpRow[]): Target[] {
  const shareOf = ({ name, ms }: CleanUpRow): number => ms / (ONNXSIM[name]?.ms ?? Number.NaN);
  const slowest = worstOf(
    rows.filter(({ name }) => ONNXSIM[name] !== undefined),
    shareOf,
  );
  if (slowest === null) return [];
  const share = shareOf(slowest);
  return [
    {
      what: `clean-up in ≤ ${MAX_SHARE_OF_ONNXSIM} × onnxsim's recorded time`,
      measured: `${share.toFixed(2)} × at most (${slowest.name})`,
      holds: share <= MAX_SHARE_OF_ONNXSIM,
    },
  ];
}

/** What is not a number is worse than any. */
function worstOf<T>(items: readonly T[], valueOf: (item: T) => number): T | null {
  const rank = (item: T): number => (Number.isNaN(valueOf(item)) ? Number.POSITIVE_INFINITY : valueOf(item));
  return items.toSorted((left, right) => rank(right) - rank(left))[0] ?? null;
}
