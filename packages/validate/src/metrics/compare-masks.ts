import type { TaskMetrics } from "@flotilla/contracts";

type SegmentationMetrics = Extract<TaskMetrics, { task: "segmentation" }>;

/** Where the values of one mask lie: `pixels` places, `classes` channels each. */
export interface MaskShape {
  readonly pixels: number;
  readonly classes: number;
  /** Channels first ([classes, pixels]) or last. */
  readonly channelsFirst: boolean;
}

/** The class of each pixel: the largest channel, or of a single one whether it is at least 0.5. */
export function readMask(values: ArrayLike<number>, start: number, { pixels, classes, channelsFirst }: MaskShape): Uint16Array {
  const mask = new Uint16Array(pixels);
  const at = (pixel: number, channel: number): number =>
    values[start + (channelsFirst ? channel * pixels + pixel : pixel * classes + channel)] ?? Number.NaN;
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    if (classes === 1) {
      mask[pixel] = at(pixel, 0) >= 0.5 ? 1 : 0;
      continue;
    }
    let best = 0;
    for (let channel = 1; channel < classes; channel += 1) if (at(pixel, channel) > at(pixel, best)) best = channel;
    mask[pixel] = best;
  }
  return mask;
}

/** Intersection over union per class, over all pixels of all samples; the mean is over the classes that either model saw. */
export class MaskComparison {
  readonly #both = new Map<number, number>();
  readonly #source = new Map<number, number>();
  readonly #variant = new Map<number, number>();
  #pixels = 0;
  #same = 0;

  add(source: Uint16Array, variant: Uint16Array): void {
    this.#pixels += source.length;
    for (const [pixel, a] of source.entries()) {
      const b = variant[pixel] ?? a;
      this.#source.set(a, (this.#source.get(a) ?? 0) + 1);
      this.#variant.set(b, (this.#variant.get(b) ?? 0) + 1);
      if (a !== b) continue;
      this.#same += 1;
      this.#both.set(a, (this.#both.get(a) ?? 0) + 1);
    }
  }

  result(): SegmentationMetrics {
    const seen = [...new Set([...this.#source.keys(), ...this.#variant.keys()])].toSorted((a, b) => a - b);
    const perClass = seen.map((index) => {
      const sourcePixels = this.#source.get(index) ?? 0;
      const variantPixels = this.#variant.get(index) ?? 0;
      const both = this.#both.get(index) ?? 0;
      return { index, iou: both / (sourcePixels + variantPixels - both), sourcePixels, variantPixels };
    });
    const meanIou = perClass.length === 0 ? 1 : perClass.reduce((sum, { iou }) => sum + iou, 0) / perClass.length;
    return { task: "segmentation", meanIou, pixelAgreement: this.#pixels === 0 ? 1 : this.#same / this.#pixels, perClass };
  }
}
