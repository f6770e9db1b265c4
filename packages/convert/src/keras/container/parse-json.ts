import { convertError } from "../../errors.ts";

const MAX_BYTES = 64 * 2 ** 20;
/** A model inside a model costs about five levels. */
const MAX_DEPTH = 300;

/**
 * JSON of a model file, with limits checked before it is parsed: JSON.parse itself and everything behind it may recurse.
 * Python writes NaN and Infinity, which JSON does not know; they become null and are refused where a number is due.
 * @throws FlotillaError TOO_LARGE, TOO_DEEP, NOT_A_MODEL
 */
export function parseJson(text: string, what: string): unknown {
  if (text.length > MAX_BYTES) throw convertError("TOO_LARGE", `${what} has ${text.length} characters; ${MAX_BYTES} is the limit.`);
  const depth = depthOf(text);
  if (depth > MAX_DEPTH)
    throw convertError("TOO_DEEP", `${what} is nested ${depth} deep; ${MAX_DEPTH} is the limit. Put fewer models into each other.`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const cleaned = text.replaceAll(/(?<=[:[,]\s*)(?:-?Infinity|NaN)(?=\s*[,\]}])/g, "null");
    if (cleaned !== text) return parseJson(cleaned, what);
    throw convertError("NOT_A_MODEL", `${what} is not readable JSON: the file is damaged or cut off. Save the model again.`, cause);
  }
}

/** The deepest nesting of brackets outside texts. */
function depthOf(text: string): number {
  let [depth, deepest] = [0, 0];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x22) index = endOfText(text, index);
    else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, (depth += 1));
    else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return deepest;
}

function endOfText(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x5c) index += 1;
    else if (code === 0x22) return index;
  }
  return text.length;
}
