import { tokenizeFilter } from "./tokenize.ts";
import { type TokenRole, WALK_START, walkToken } from "./walk-tokens.ts";

/** A stretch of a filter's text: together they are the whole text. `space` is what parts tokens. */
export interface ColouredPart {
  readonly text: string;
  readonly role: TokenRole | "space";
  readonly start: number;
}

/** Takes a filter's text apart for colours; works on what is half typed or wrong. */
export function colourFilter(text: string): ColouredPart[] {
  const parts: ColouredPart[] = [];
  const tokens = tokenizeFilter(text);
  let state = WALK_START;
  let at = 0;
  tokens.forEach((token, index) => {
    if (token.start > at) parts.push({ text: text.slice(at, token.start), role: "space", start: at });
    at = token.end;
    if (token.kind === "end") return;
    const walked = walkToken(state, token);
    state = walked.state;
    // A bare word is a tag's key only if an operator follows; alone it is searched for.
    const next = tokens[index + 1];
    const alone =
      walked.role === "tag" && state.expected === "operator" && (next?.kind !== "symbol" || next.text === ")") && !followsIn(next?.text);
    parts.push({ text: token.text, role: alone ? "search" : walked.role, start: token.start });
  });
  return parts;
}

function followsIn(text: string | undefined): boolean {
  return text !== undefined && ["in", "not"].includes(text.toLowerCase());
}
