/** A first point alone has no width: it is given some, or the axis would invent dates. */
const SHORTEST_WINDOW_S = 60;

/**
 * The ends of a time axis in seconds: of what is drawn, and where that is shorter than a minute, of the minute around it. uPlot's own answer for a
 * single point is the day that comes after it, and for none the year 1970.
 *
 * @param times of all points, oldest first
 * @param now what the axis shows while there is no point
 */
export function timeRange(times: readonly Date[], now: Date): [number, number] {
  const from = (times[0] ?? now).getTime() / 1000;
  const to = (times.at(-1) ?? now).getTime() / 1000;
  const missing = Math.max(0, SHORTEST_WINDOW_S - (to - from));
  return [from - missing / 2, to + missing / 2];
}
