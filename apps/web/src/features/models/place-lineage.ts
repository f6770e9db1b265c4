import type { LineageView } from "@flotilla/contracts/views";

export type LineageKind = "file" | "conversion" | "recipe" | "variant" | "release" | "devices";
export const lineageColumns = ["file", "conversion", "recipe", "variant", "release", "devices"] as const satisfies readonly LineageKind[];

/** A card of the picture; `x` and `y` are its upper left corner. */
export interface LineageCard {
  readonly key: string;
  readonly kind: LineageKind;
  /** Place in the view's list: a variant, a release, an entry of `runsOn`; 0 for the file and its conversion. */
  readonly index: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface LineagePlan {
  readonly cards: readonly LineageCard[];
  readonly lines: readonly { readonly from: LineageCard; readonly to: LineageCard }[];
  readonly width: number;
  readonly height: number;
}

const WIDTH = 188;
const COLUMN_GAP = 44;
const ROW_GAP = 14;
const HEIGHTS = { file: 76, conversion: 76, variant: 60, release: 60, devices: 44 } as const;
const RECIPE_LINE = 18;
const RECIPE_FRAME = 14;

/** Columns from the file to the devices, that of a conversion only where there was one. A card stands beside the middle of what it came from, or below the card above it. */
export function placeLineage({ conversion, variants, releases, runsOn }: LineageView): LineagePlan {
  const columns = lineageColumns.filter((kind) => kind !== "conversion" || conversion !== null);
  const cards = new Map<string, LineageCard>();
  const free = new Map<LineageKind, number>();
  const lines: [string, string][] = [];
  const add = (kind: LineageKind, index: number, height: number, from: readonly string[]): string => {
    const origins = from.flatMap((key) => cards.get(key) ?? []);
    const middle = origins.reduce((sum, card) => sum + card.y + card.height / 2, 0) / Math.max(1, origins.length);
    const y = Math.max(free.get(kind) ?? 0, Math.round(middle - height / 2));
    const key = `${kind}-${index}`;
    cards.set(key, { key, kind, index, x: columns.indexOf(kind) * (WIDTH + COLUMN_GAP), y, width: WIDTH, height });
    free.set(kind, y + height + ROW_GAP);
    for (const origin of from) lines.push([origin, key]);
    return key;
  };
  const uploaded = add("file", 0, HEIGHTS.file, []);
  const file = conversion === null ? uploaded : add("conversion", 0, HEIGHTS.conversion, [uploaded]);
  const variantKeys = new Map<string, string>();
  for (const [index, { id, recipe }] of variants.entries()) {
    const passes = recipe.passes.length;
    const recipeHeight = passes * RECIPE_LINE + RECIPE_FRAME;
    // A recipe stands in its variant's row, in the middle of whichever of the two is taller.
    const height = passes === 0 ? HEIGHTS.variant : Math.max(HEIGHTS.variant, recipeHeight);
    const row = Math.max(free.get("recipe") ?? 0, free.get("variant") ?? 0);
    free.set("recipe", row + (height - recipeHeight) / 2);
    free.set("variant", row + (height - HEIGHTS.variant) / 2);
    const origin = passes === 0 ? file : add("recipe", index, recipeHeight, [file]);
    const key = add("variant", index, HEIGHTS.variant, [origin]);
    variantKeys.set(id, key);
    const end = Math.max(row + height, (cards.get(key)?.y ?? 0) + HEIGHTS.variant) + ROW_GAP;
    for (const kind of ["recipe", "variant"] as const) free.set(kind, end);
  }
  const releaseKeys = new Map<string, string>();
  for (const [index, { id, variantIds }] of releases.entries()) {
    releaseKeys.set(
      id,
      add(
        "release",
        index,
        HEIGHTS.release,
        variantIds.flatMap((variant) => variantKeys.get(variant) ?? []),
      ),
    );
  }
  for (const [index, { releaseId }] of runsOn.entries()) {
    const release = releaseKeys.get(releaseId);
    add("devices", index, HEIGHTS.devices, release === undefined ? [] : [release]);
  }
  const all = [...cards.values()];
  return {
    cards: all,
    lines: lines.flatMap(([from, to]) => {
      const [start, end] = [cards.get(from), cards.get(to)];
      return start === undefined || end === undefined ? [] : { from: start, to: end };
    }),
    width: Math.max(...all.map((card) => card.x + card.width)),
    height: Math.max(...all.map((card) => card.y + card.height)),
  };
}
