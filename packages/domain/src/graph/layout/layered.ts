/** What stands in a layered picture: sizes by item, and who leads to whom. `value` tells which edges may share a path. */
export interface Layerable {
  readonly sizes: readonly Size[];
  readonly edges: readonly { readonly from: number; readonly to: number; readonly value: number }[];
  /** Items that stand above, or below, all others. */
  readonly top: ReadonlySet<number>;
  readonly bottom: ReadonlySet<number>;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Cells are the items in their order, then the bends of edges. Two cells are linked where an edge passes from one layer to the next. */
export interface Layering {
  readonly cellCount: number;
  readonly layerOf: Int32Array;
  /** By edge: the bends between its ends, from top to bottom. */
  readonly bends: readonly (readonly number[])[];
  readonly links: readonly (readonly [upper: number, lower: number])[];
}
