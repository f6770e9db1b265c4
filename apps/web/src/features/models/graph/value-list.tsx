"use client";
import type { GraphQuant } from "@flotilla/contracts";
import { drawnNode, rootOf, shapeText } from "@flotilla/domain/graph";
import { useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { shortNumber } from "./edge-layer.tsx";
import type { SceneState } from "./use-scene.ts";

export interface ValueListProps {
  state: SceneState;
  title: string;
  values: readonly (number | null)[];
  onSelect: (key: string) => void;
  direction: "from" | "to";
}

/** Tensors with their type, shape and quantisation, and buttons that go to the other end. */
export function ValueList({ state, title, values, onSelect, direction }: ValueListProps) {
  const t = useTranslations("graph.details");
  const format = useFormat();
  const { view, drawing } = state;
  const readers = useReaders(state);
  if (values.length === 0) return null;
  return (
    <div>
      <h3 className="mb-1 font-medium text-muted text-xs">{title}</h3>
      <ul className="flex list-none flex-col gap-2 p-0">
        {values.map((index, place) => {
          const value = index === null ? undefined : view.values[index];
          if (index === null || value === undefined)
            return (
              <li key={`absent-${place}`} className="text-faint text-xs">
                {t("absent")}
              </li>
            );
          const root = rootOf(view, drawing, index);
          const source = view.values[root] ?? value;
          const ends =
            direction === "to" ? (readers.get(root) ?? []) : source.producer === null ? [] : [drawnNode(view, drawing, source.producer)];
          return (
            <li key={`${index}-${place}`} className="min-w-0 border-line border-l-2 pl-2">
              <div className="break-all">{source.name}</div>
              <div className="text-muted text-xs">
                {source.type} {shapeText(source)}
                {source.bytes === undefined ? "" : ` · ${t("constant")}, ${format.bytes(source.bytes)}`}
              </div>
              {root === index || value.quant === undefined ? null : <QuantText quant={value.quant} />}
              <Ends state={state} nodes={ends} onSelect={onSelect} direction={direction} />
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** By value as it is drawn: the nodes that read it. */
function useReaders({ view, drawing }: SceneState): ReadonlyMap<number, number[]> {
  return useMemo(() => {
    const readers = new Map<number, number[]>();
    for (const [index, node] of view.nodes.entries()) {
      if (drawing === view.compact && node.foldedInto !== undefined) continue;
      for (const value of new Set([...node.inputs, ...node.captures])) {
        if (value === null) continue;
        const root = rootOf(view, drawing, value);
        const known = readers.get(root);
        if (known === undefined) readers.set(root, [index]);
        else known.push(index);
      }
    }
    return readers;
  }, [view, drawing]);
}

const SHOWN_ENDS = 8;

function Ends({
  state,
  nodes,
  onSelect,
  direction,
}: {
  state: SceneState;
  nodes: readonly number[];
  onSelect: (key: string) => void;
  direction: "from" | "to";
}) {
  const t = useTranslations("graph.details");
  if (nodes.length === 0) return null;
  return (
    <div className="mt-0.5 flex flex-wrap items-center gap-x-2 text-xs">
      <span className="text-muted">{t(direction)}</span>
      {nodes.slice(0, SHOWN_ENDS).map((node) => (
        <button key={node} type="button" className="text-link min-h-6" onClick={() => onSelect(state.reveal(node))}>
          {state.view.nodes[node]?.op}
        </button>
      ))}
      {nodes.length > SHOWN_ENDS ? <span className="text-muted">+{nodes.length - SHOWN_ENDS}</span> : null}
    </div>
  );
}

export function QuantText({ quant }: { quant: GraphQuant }) {
  const t = useTranslations("graph.details");
  const range = quant.channels === 1 ? shortNumber(quant.scaleMin) : `${shortNumber(quant.scaleMin)} – ${shortNumber(quant.scaleMax)}`;
  return (
    <div className="text-accent text-xs">
      {quant.channels === 1
        ? t("perTensor", { type: quant.type, scale: range, zero: quant.zeroPoint ?? "–" })
        : t("perChannel", { type: quant.type, scale: range, count: quant.channels, zero: quant.zeroPoint ?? "–" })}
    </div>
  );
}
