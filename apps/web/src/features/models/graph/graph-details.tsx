"use client";
import type { Activations, GraphValue } from "@flotilla/contracts";
import { nodesInside, opFamily, type SceneBox, shapeText } from "@flotilla/domain/graph";
import { Button, CopyText, Facts, useFormat } from "@flotilla/ui";
import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ReactNode, type Ref, useMemo } from "react";
import { blocksIn } from "./box-view.tsx";
import { FamilySign } from "./graph-legend.tsx";
import { NodeActivations } from "./node-activations.tsx";
import { useGroupName } from "./use-group-name.ts";
import type { SceneState } from "./use-scene.ts";
import { useTimeText } from "./use-time-text.ts";
import { QuantText, ValueList } from "./value-list.tsx";

export interface GraphDetailsProps {
  state: SceneState;
  box: SceneBox;
  /** Of the variant's calibration, where its nodes were observed. */
  activations?: Activations | null;
  onSelect: (key: string) => void;
  onClose: () => void;
  /** What a comparison says about it. */
  children?: ReactNode;
  ref?: Ref<HTMLElement>;
}

/** Everything that is known of what is selected. */
export function GraphDetails({ state, box, activations = null, onSelect, onClose, children, ref }: GraphDetailsProps) {
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
        <NodeDetails
          state={state}
          node={item.node}
          group={item.group}
          unfolded={box.unfolded}
          activations={activations}
          onSelect={onSelect}
          onClose={onClose}
        />
      ) : item.kind === "group" ? (
        <GroupDetails state={state} group={item.group} unfolded={box.unfolded} onSelect={onSelect} onClose={onClose} />
      ) : (
        <DoorDetails
          state={state}
          kind={item.kind === "input" || item.kind === "entry" ? "input" : "output"}
          value={item.value}
          activations={activations}
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
      <h2 className="inline-flex min-w-0 items-center gap-2 break-all font-semibold">{children}</h2>
      <Button size="icon-sm" variant="ghost" aria-label={t("close")} icon={<X size={14} aria-hidden />} onClick={onClose} />
    </div>
  );
}

interface NodeDetailsProps {
  state: SceneState;
  node: number;
  group: number | null;
  unfolded: boolean;
  activations: Activations | null;
  onSelect: (key: string) => void;
  onClose: () => void;
}

function NodeDetails({ state, node, group, unfolded, activations, onSelect, onClose }: NodeDetailsProps) {
  const t = useTranslations("graph.details");
  const tGraph = useTranslations("graph");
  const format = useFormat();
  const sayTime = useTimeText();
  const { view, drawing, costs, times } = state;
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
    ...(times === null ? [] : [{ label: t("measured"), value: sayTime(times, times.ofNode(node)) }]),
  ];
  return (
    <>
      <Heading onClose={onClose}>
        <FamilySign family={opFamily(facts.op)} />
        {facts.op}
      </Heading>
      <Facts items={rows} />
      {activations === null ? null : <NodeActivations activations={activations} name={facts.name} />}
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
          <h3 className="mb-1 font-medium text-muted text-xs">{t("attributes")}</h3>
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
  const sayTime = useTimeText();
  const { drawing, costs, times } = state;
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
          ...(times === null ? [] : [{ label: t("measured"), value: sayTime(times, times.ofGroup(group)) }]),
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

interface DoorDetailsProps {
  state: SceneState;
  kind: "input" | "output";
  value: number;
  activations: Activations | null;
  onClose: () => void;
}

function DoorDetails({ state, kind, value, activations, onClose }: DoorDetailsProps) {
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
      {activations === null || kind === "output" ? null : <NodeActivations activations={activations} name={facts.name} />}
    </>
  );
}
