import { type ColouredPart, colourFilter } from "@flotilla/domain/filter";
import { cn } from "@flotilla/ui";
import type { Ref } from "react";

const COLOURS: Record<ColouredPart["role"], string> = {
  keyword: "text-muted",
  field: "text-accent",
  tag: "text-warn",
  operator: "text-muted",
  value: "text-ok",
  search: "text-text",
  bracket: "text-muted",
  bad: "text-bad",
  space: "",
};

export interface ColouredFilterProps {
  text: string;
  /** The stretch that is wrong; an empty one is shown behind its place. */
  wrong?: { start: number; end: number } | undefined;
  className?: string;
  ref?: Ref<HTMLElement>;
}

/** A filter's text in colours, with what is wrong underlined at its character. */
export function ColouredFilter({ text, wrong, className, ref }: ColouredFilterProps) {
  return (
    <code ref={ref} className={cn("whitespace-pre font-mono text-xs", className)}>
      {colourFilter(text).flatMap((part) => cut(part, wrong).map((piece) => <Piece key={piece.start} {...piece} />))}
      {wrong !== undefined && wrong.start >= text.length && <span className={WRONG}> </span>}
    </code>
  );
}

const WRONG = "underline decoration-2 decoration-bad decoration-wavy underline-offset-4";

interface PieceProps extends ColouredPart {
  wrong: boolean;
}

function Piece({ text, role, wrong }: PieceProps) {
  return (
    <span data-role={role} className={cn(COLOURS[role], wrong && WRONG)}>
      {text}
    </span>
  );
}

/** A part in at most three pieces: before, in and behind what is wrong. */
function cut(part: ColouredPart, wrong: ColouredFilterProps["wrong"]): PieceProps[] {
  const end = part.start + part.text.length;
  const from = Math.max(part.start, Math.min(end, wrong?.start ?? end));
  const to = Math.max(from, Math.min(end, Math.max(wrong?.end ?? end, (wrong?.start ?? end) + 1)));
  const piece = (start: number, stop: number, isWrong: boolean): PieceProps[] =>
    start === stop ? [] : [{ role: part.role, text: part.text.slice(start - part.start, stop - part.start), start, wrong: isWrong }];
  return [...piece(part.start, from, false), ...piece(from, to, wrong !== undefined), ...piece(to, end, false)];
}
