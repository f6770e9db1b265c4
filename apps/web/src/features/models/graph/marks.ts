import type { DiffStatus, SceneBox } from "@flotilla/domain/graph";

/** What a comparison says about the boxes of a picture. */
export interface Marks {
  /** What became of what a box shows, and of how many nodes in it; null where nothing did. */
  of: (box: SceneBox) => { status: DiffStatus; count: number } | null;
  /** What stayed as it was steps back. */
  onlyDifferences: boolean;
}
