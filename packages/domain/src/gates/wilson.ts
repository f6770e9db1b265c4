/** z of a two-sided 95 % interval. */
const Z = 1.959963984540054;

/**
 * Wilson score interval of a share, 95 %, as [low, high] in 0…1. Holds for the small samples of a canary, where the normal
 * approximation gives nonsense (Wilson 1927; Brown, Cai, DasGupta 2001). With no sample nothing is known: [0, 1].
 */
export function wilsonInterval(hits: number, sampleCount: number): [low: number, high: number] {
  if (sampleCount === 0) return [0, 1];
  const share = hits / sampleCount;
  const z2 = Z * Z;
  const centre = share + z2 / (2 * sampleCount);
  const spread = Z * Math.sqrt((share * (1 - share)) / sampleCount + z2 / (4 * sampleCount * sampleCount));
  const scale = 1 + z2 / sampleCount;
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}
