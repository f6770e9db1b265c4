import type { Detection } from "./boxes.ts";

/** Regions with fewer pixels are speckle. */
const MIN_PIXELS = 9;

/**
 * The connected regions of a map of scores that are at least `threshold`, as boxes around them: what a differentiable-binarisation text detector
 * means (Liao et al. 2020, arXiv 1911.08947, there with rotated boxes). Neighbours are the four beside a pixel. The score is the region's mean.
 */
export function readRegions(
  map: ArrayLike<number>,
  size: { readonly height: number; readonly width: number },
  threshold: number,
): Detection[] {
  const { height, width } = size;
  const seen = new Uint8Array(height * width);
  const inside = (pixel: number): boolean => seen[pixel] === 0 && (map[pixel] ?? Number.NaN) >= threshold;
  const regions: Detection[] = [];
  const waiting: number[] = [];
  for (let start = 0; start < seen.length; start += 1) {
    if (!inside(start)) continue;
    let [left, top, right, bottom, pixels, sum] = [width, height, 0, 0, 0, 0];
    const visit = (pixel: number): void => {
      if (!inside(pixel)) return;
      seen[pixel] = 1;
      waiting.push(pixel);
    };
    visit(start);
    for (let pixel = waiting.pop(); pixel !== undefined; pixel = waiting.pop()) {
      const [x, y] = [pixel % width, Math.floor(pixel / width)];
      [left, top] = [Math.min(left, x), Math.min(top, y)];
      [right, bottom] = [Math.max(right, x + 1), Math.max(bottom, y + 1)];
      pixels += 1;
      sum += map[pixel] ?? 0;
      if (x > 0) visit(pixel - 1);
      if (x + 1 < width) visit(pixel + 1);
      if (y > 0) visit(pixel - width);
      if (y + 1 < height) visit(pixel + width);
    }
    if (pixels >= MIN_PIXELS) regions.push({ left, top, right, bottom, score: sum / pixels, classIndex: 0 });
  }
  return regions;
}
