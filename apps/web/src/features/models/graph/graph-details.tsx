"use client";
import type { GraphQuant, GraphValue } from "@flotilla/contracts";
import { drawnNode, nodesInside, opFamily, rootOf, type SceneBox, shapeText } from "@flotilla/domain/graph";
import { Button, CopyText, Facts, useFormat } from "@flotilla/ui";
import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ReactNode, type Ref, useMemo } from "react";
import { blocksIn } from "./box-view.tsx";
import { shortNumber } from "./edge-layer.tsx";
import { FamilySign } from "./graph-legend.tsx";
import { useGroupName } from "./use-group-name.ts";
import type { SceneState } from "./use-scene.ts";

export interface GraphDetailsProps {
  state: SceneState;
  box: SceneBox;
  onSelect: (key: string) => void;
  onClose: () => void;
  /** What a comparison says about it. */
  children?: ReactNode;
  ref?: Ref<HTMLElement>;
}

/** Everything that is known of what is selected. */
export function GraphDetails({ state, box, onSelect, onClose, children, ref }: GraphDetailsProps) {
  const t = useTranslations("graph.details");
  const { item } = box;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape closes it from wherever in it the focus is
    <section
      ref={ref}
      tabIndex={-1}
      aria-label={t("label")}
      data-testid="graph-details"
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
      className="flex min-w-0 flex-col gap-3 overflow-y-auto rounded-md border bg-surface p-3 text-sm"
    >
      {item.kind === "node" ? (
        <NodeDetails state={state} node={item.node} group={item.group} unfolded={box.unfolded} onSelect={onSelect} onClose={onClose} />
      ) : item.kind === "group" ? (
        <GroupDetails state={state} group={item.group} unfolded={box.unfolded} onSelect={onSelect} onClose={onClose} />
      ) : (
        <DoorDetails
          state={state}
          kind={item.kind === "input" || item.kind === "entry" ? "input" : "output"}
          value={item.value}
          onClose={onClose}
        />
      )}
      {children}
    </section>
  );
}

function Heading({ children, onClose }: { children: ReactNode; onClose: () => void }) {
  const t = useTranslations("graph.details");
  return (
    <div className="flex items-start justify-between gap-2">
      <h3 className="inline-flex min-w-0 items-center gap-2 break-all font-semibold">{children}</h3>
      <Button size="icon-sm" variant="ghost" aria-label={t("close")} icon={<X size={14} aria-hidden />} onClick={onClose} />
    </div>
  );
}

interface NodeDetailsProps {
  state: SceneState;
  node: number;
  group: number | null;
  unfolded: boolean;
  onSelect: (key: string) => void;
  onClose: () => void;
}

function NodeDetails({ state, node, group, unfolded, onSelect, onClose }: NodeDetailsProps) {
  const t = useTranslations("graph.details");
  const tGraph = useTranslations("graph");
  const format = useFormat();
  const { view, drawing, costs } = state;
  const facts = view.nodes[node];
  const folded = useMemo(() => view.nodes.flatMap((other, index) => (other.foldedInto === node ? index : [])), [view, node]);
  if (facts === undefined) return null;
  const compact = drawing === view.compact;
  const cost = compact ? costs[node] : facts;
  const rows = [
    { label: t("operator"), value: facts.domain === "" ? facts.op : `${facts.domain}.${facts.op}` },
    ...(facts.name === "" ? [] : [{ label: t("name"), value: <CopyText text={facts.name} label={t("name")} /> }]),
    { label: t("precision"), value: tGraph(`precisions.${facts.precision}`) },
    { label: t("parameters"), value: format.number(cost?.parameters ?? 0) },
    { label: t("bytes"), value: format.bytes(cost?.bytes ?? 0) },
    ...(facts.measuredMs === undefined ? [] : [{ label: t("measured"), value: format.ms(facts.measuredMs) }]),
  ];
  return (
    <>
      <Heading onClose={onClose}>
        <FamilySign family={opFamily(facts.op)} />
        {facts.op}
      </Heading>
      <Facts items={rows} />
      {group === null ? null : (
        <Button size="sm" className="self-start" onClick={() => state.toggle(group)}>
          {t(unfolded ? "hideBodies" : "showBodies", { count: facts.bodies.length })}
        </Button>
      )}
      <ValueList state={state} title={t("inputs")} values={facts.inputs} onSelect={onSelect} direction="from" />
      <ValueList state={state} title={t("captures")} values={facts.captures} onSelect={onSelect} direction="from" />
      <ValueList state={state} title={t("outputs")} values={facts.outputs} onSelect={onSelect} direction="to" />
      {facts.attributes.length === 0 ? null : (
        <div>
          <h4 className="mb-1 font-medium text-muted text-xs">{t("attributes")}</h4>
          <Facts
            items={facts.attributes.map(({ name, text }) => ({ label: name, value: <code className="break-all text-xs">{text}</code> }))}
          />
        </div>
      )}
      {compact && folded.length > 0 ? (
        <p className="text-muted text-xs">
          {t("foldedInto", { count: folded.length, ops: format.list([...new Set(folded.map((index) => view.nodes[index]?.op ?? ""))]) })}
        </p>
      ) : null}
    </>
  );
}

interface ValueListProps {
  state: SceneState;
  title: string;
  values: readonly (number | null)[];
  onSelect: (key: string) => void;
  direction: "from" | "to";
}

/** Tensors with their type, shape and quantisation, and buttons that go to the other end. */
function ValueList({ state, title, values, onSelect, direction }: ValueListProps) {
  const t = useTranslations("graph.details");
  const format = useFormat();
  const { view, drawing } = state;
  const readers = useReaders(state);
  if (values.length === 0) return null;
  return (
    <div>
      <h4 className="mb-1 font-medium text-muted text-xs">{title}</h4>
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

interface GroupDetailsProps {
  state: SceneState;
  group: number;
  unfolded: boolean;
  onSelect: (key: string) => void;
  onClose: () => void;
}

function GroupDetails({ state, group, unfolded, onSelect, onClose }: GroupDetailsProps) {
  const t = useTranslations("graph.details");
  const name = useGroupName();
  const format = useFormat();
  const { drawing, costs } = state;
  const facts = drawing.groups[group];
  const inside = useMemo(() => nodesInside(drawing, group), [drawing, group]);
  if (facts === undefined) return null;
  const sum = (of: (cost: { parameters: number; bytes: number }) => number) =>
    inside.reduce((total, node) => total + (costs[node] === undefined ? 0 : of(costs[node])), 0);
  const { title } = name(facts);
  const blocks = blocksIn(facts);
  const alike = drawing.groups.filter(
    (other) => other.kind === "block" && other.pattern === facts.pattern && facts.pattern !== null,
  ).length;
  const [first] = inside;
  return (
    <>
      <Heading onClose={onClose}>
        {title}
        {blocks > 1 ? ` × ${blocks}` : ""}
      </Heading>
      <Facts
        items={[
          { label: t("nodes"), value: format.number(inside.length) },
          { label: t("operators"), value: facts.operators.map(({ op, count }) => `${count} ${op}`).join(" · ") },
          ...(alike > 1 ? [{ label: t("alike"), value: format.number(alike) }] : []),
          { label: t("parameters"), value: format.number(sum(({ parameters }) => parameters)) },
          { label: t("bytes"), value: format.bytes(sum(({ bytes }) => bytes)) },
        ]}
      />
      <div className="flex flex-wrap gap-2">
        <Button size="sm" onClick={() => state.toggle(group)}>
          {t(unfolded ? "fold" : "unfold")}
        </Button>
        {first === undefined ? null : (
          <Button size="sm" onClick={() => onSelect(state.reveal(first))}>
            {t("firstNode")}
          </Button>
        )}
      </div>
    </>
  );
}

function DoorDetails({ state, kind, value, onClose }: { state: SceneState; kind: "input" | "output"; value: number; onClose: () => void }) {
  const t = useTranslations("graph.details");
  const tDoors = useTranslations("graph.doors");
  const facts: GraphValue | undefined = state.view.values[value];
  if (facts === undefined) return null;
  return (
    <>
      <Heading onClose={onClose}>{tDoors(kind)}</Heading>
      <Facts
        items={[
          { label: t("name"), value: <CopyText text={facts.name} label={t("name")} /> },
          { label: t("type"), value: facts.type },
          { label: t("shape"), value: shapeText(facts) || "?" },
        ]}
      />
      {facts.quant === undefined ? null : <QuantText quant={facts.quant} />}
    </>
  );
}
