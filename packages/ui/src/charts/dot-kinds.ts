/** How a dot is drawn: each kind has its own shape, so that none rests on colour. */
export type DotKind = "waiting" | "busy" | "ok" | "current" | "bad" | "offline" | "left";

export interface DotLook {
  kind: DotKind;
  /** 0…1, how far a busy dot is filled. */
  fill: number;
}

export interface Dot extends DotLook {
  id: string;
  /** The device's name. */
  label: string;
  /** The state as a word: "downloading 40 %". */
  word: string;
  /** Why, where there is a reason. */
  reason?: string;
}

/** What an arrow key means in a grid of `count` cells with `columns` a row; null for keys that do not move. */
export function moveInGrid(key: string, index: number, count: number, columns: number): number | null {
  const clamp = (next: number) => Math.max(0, Math.min(count - 1, next));
  switch (key) {
    case "ArrowRight":
      return clamp(index + 1);
    case "ArrowLeft":
      return clamp(index - 1);
    case "ArrowDown":
      return index + columns < count ? index + columns : index;
    case "ArrowUp":
      return index - columns >= 0 ? index - columns : index;
    case "Home":
      return 0;
    case "End":
      return clamp(count - 1);
    default:
      return null;
  }
}
