/** Smaller probabilities are noise of the softmax itself. */
const FLOOR = 1e-5;

/**
 * Signal to noise of class scores in decibels, as their softmax was given them: logarithms with each sample's mean taken out. `classes` columns a sample. null:
 * no noise at all. Of a single probability it is the logit. Tells variants apart that agree on the same number of samples; for scores that are no probabilities it is that of the values.
 */
export function scoreNoise(reference: Float32Array, scores: Float32Array, classes: number): number | null {
  const probabilities = reference.every((value) => value >= 0 && value <= 1);
  const read = !probabilities ? plain : classes === 1 ? logit : centredLogs;
  let [signal, noise] = [0, 0];
  for (let from = 0; from < reference.length; from += classes) {
    const [a, b] = [read(reference, from, classes), read(scores, from, classes)];
    for (const [at, value] of a.entries()) {
      signal += value * value;
      noise += (value - (b[at] ?? 0)) ** 2;
    }
  }
  const decibels = 10 * Math.log10(signal / noise);
  return Number.isFinite(decibels) ? decibels : null;
}

function plain(values: Float32Array, from: number, count: number): number[] {
  return [...values.subarray(from, from + count)];
}

function logit(values: Float32Array, from: number): number[] {
  const value = values[from] ?? Number.NaN;
  return [Math.log(Math.max(value, FLOOR) / Math.max(1 - value, FLOOR))];
}

function centredLogs(values: Float32Array, from: number, count: number): number[] {
  const logs = Array.from(values.subarray(from, from + count), (value) => Math.log(Math.max(value, FLOOR)));
  const mean = logs.reduce((sum, value) => sum + value, 0) / count;
  return logs.map((value) => value - mean);
}
