"use client";
import { opFamily } from "@flotilla/domain/graph";
import type { GraphView } from "@flotilla/contracts";
import { CellBar } from "@flotilla/ui/charts";
import { FamilySign } from "./graph-legend.tsx";

const SHOWN = 10;

export interface TopNodesProps {
  title: string;
  view: GraphView;
  /** What each node costs, and that in words. */
  costs: readonly { node: number; cost: number }[];
  say: (cost: number) => string;
  onSelect: (node: number) => void;
}

/** The nodes that cost most, as bars and as buttons that go there. */
export function TopNodes({ title, view, costs, say, onSelect }: TopNodesProps) {
  const top = costs
    .filter(({ cost }) => cost > 0)
    .toSorted((left, right) => right.cost - left.cost || left.node - right.node)
    .slice(0, SHOWN);
  const most = top[0]?.cost ?? 1;
  if (top.length === 0) return null;
  return (
    <div>
      <h3 className="mb-1 font-medium text-muted text-xs">{title}</h3>
      <ol className="list-none p-0">
        {top.map(({ node, cost }) => (
          <li key={node} className="flex items-center gap-2 py-0.5">
            <FamilySign family={opFamily(view.nodes[node]?.op ?? "")} />
            <button
              type="button"
              onClick={() => onSelect(node)}
              title={view.nodes[node]?.name}
              className="text-link min-h-6 min-w-0 flex-1 truncate text-left"
            >
              {view.nodes[node]?.op}
              <span className="sr-only"> {view.nodes[node]?.name}</span>
            </button>
            <CellBar value={cost} max={most} />
            <span className="w-16 shrink-0 text-right text-xs tabular-nums">{say(cost)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
