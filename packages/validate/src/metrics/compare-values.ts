import type { TaskMetrics } from "@flotilla/contracts";

type RegressionMetrics = Extract<TaskMetrics, { task: "regression" }>;

/**
 * Mean absolute error and root mean square error of a regressor against its source; relative to the standard deviation of the source's values,
 * so that a limit means the same for metres and for millimetres. null where those do not vary.
 */
export function compareValues(source: ArrayLike<number>, variant: ArrayLike<number>): RegressionMetrics {
  const count = source.length;
  let [absolute, squared, sum, sumSquared] = [0, 0, 0, 0];
  for (let index = 0; index < count; index += 1) {
    const value = source[index] ?? Number.NaN;
    const difference = Math.abs(value - (variant[index] ?? Number.NaN));
    const error = Number.isFinite(difference) ? difference : Number.MAX_VALUE;
    absolute += error;
    squared += error * error;
    sum += value;
    sumSquared += value * value;
  }
  if (count === 0) return { task: "regression", mae: 0, rmse: 0, relativeRmse: null };
  const rmse = Math.min(Math.sqrt(squared / count), Number.MAX_VALUE);
  const deviation = Math.sqrt(Math.max(0, sumSquared / count - (sum / count) ** 2));
  const relativeRmse = deviation > 0 ? Math.min(rmse / deviation, Number.MAX_VALUE) : null;
  return { task: "regression", mae: Math.min(absolute / count, Number.MAX_VALUE), rmse, relativeRmse };
}
