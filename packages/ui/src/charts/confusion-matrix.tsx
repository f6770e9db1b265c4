import { useId } from "react";
import { colour } from "./colours.ts";
import { ScrollRegion } from "./scroll-region.tsx";

export interface ConfusionMatrixProps {
  title: string;
  summary: string;
  /** `matrix[label][predicted]`. */
  matrix: number[][];
  labels: string[];
  words: { label: string; predicted: string };
}

/** Labels down, predictions across. It is its own table: a cell's shade follows its share of the row; mistakes are outlined as well as coloured. */
export function ConfusionMatrix({ title, summary, matrix, labels, words }: ConfusionMatrixProps) {
  const id = useId();
  const name = (index: number) => labels[index] ?? String(index);
  return (
    <figure aria-labelledby={`${id}-title`} className="m-0 flex min-w-0 flex-col gap-3">
      <h2 id={`${id}-title`} className="m-0 text-[13px] leading-5 font-semibold">
        {title}
      </h2>
      <ScrollRegion label={title} className="max-h-[480px]">
        <table className="border-separate border-spacing-0.5 text-xs tabular-nums">
          <caption className="text-muted pb-1 text-left text-xs">{`${words.label} ↓ · ${words.predicted} →`}</caption>
          <thead>
            <tr>
              <th scope="col">
                <span className="sr-only">{words.label}</span>
              </th>
              {matrix.map((_, index) => (
                <th key={name(index)} scope="col" className="text-muted px-1 text-center font-medium">
                  {name(index)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {matrix.map((row, label) => {
              const total = row.reduce((sum, count) => sum + count, 0);
              return (
                <tr key={name(label)}>
                  <th scope="row" className="text-muted pr-2 text-right font-medium">
                    {name(label)}
                  </th>
                  {row.map((count, predicted) => (
                    <td
                      key={name(predicted)}
                      className="h-7 min-w-9 rounded-sm px-1 text-center"
                      style={cellStyle(count / Math.max(1, total), label === predicted, count)}
                      title={`${words.label} ${name(label)}, ${words.predicted} ${name(predicted)}: ${count}`}
                    >
                      {count === 0 ? <span className="text-faint">·</span> : count}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </ScrollRegion>
      <p className="text-muted m-0">{summary}</p>
    </figure>
  );
}

function cellStyle(share: number, right: boolean, count: number) {
  if (count === 0) return {};
  const percent = right ? 8 + 32 * share : 14 + 30 * Math.min(1, share * 5);
  const base = right ? colour.accent : colour.tone.bad;
  return {
    background: `color-mix(in srgb, ${base} ${percent.toFixed(0)}%, transparent)`,
    outline: right ? undefined : `1px solid ${base}`,
    outlineOffset: "-1px",
  };
}
