"use client";
import type { GraphGroup, GraphPrecision } from "@flotilla/contracts";
import { doorText, GROUP_TITLE, opFamily, type SceneBox, shortShape, windowText } from "@flotilla/domain/graph";
import { useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { memo } from "react";
import { diffStyle } from "./diff-style.ts";
import { familyStyle } from "./family-style.ts";
import type { Marks } from "./marks.ts";
import type { SceneState } from "./use-scene.ts";
import { useGroupName } from "./use-group-name.ts";
import { heatFill, heatOf, type Times } from "./use-times.ts";

const CHARACTER = 7.2;
const SMALL_CHARACTER = 6;

/** Cuts a text to what fits: SVG does not. */
export function cut(text: string, width: number, character: number): string {
  const fits = Math.max(1, Math.floor(width / character));
  return text.length <= fits ? text : `${text.slice(0, fits - 1)}…`;
}

export interface BoxViewProps {
  state: Pick<SceneState, "view" | "drawing">;
  box: SceneBox;
  selected: boolean;
  marks: Marks | null;
  /** Coloured by their time. */
  times: Times | null;
}

/** One item of the picture. */
export const BoxView = memo(function BoxView({ state, box, selected, marks, times }: BoxViewProps) {
  const { item } = box;
  if (item.kind === "entry" || item.kind === "exit")
    return <circle cx={box.x + box.width / 2} cy={box.y + 1} r={2.5} fill="var(--line-input)" />;
  const mark = marks?.of(box) ?? null;
  const faint = marks?.onlyDifferences === true && mark === null;
  return (
    <g
      data-box={box.key}
      data-mark={mark?.status}
      transform={`translate(${box.x} ${box.y})`}
      opacity={faint ? 0.38 : undefined}
      className="cursor-pointer"
    >
      {box.unfolded ? (
        <Frame box={box} selected={selected} />
      ) : item.kind === "node" ? (
        <NodeBox state={state} box={box} node={item.node} selected={selected} times={times} />
      ) : item.kind === "group" ? (
        <GroupBox state={state} box={box} selected={selected} times={times} />
      ) : (
        <Door state={state} box={box} selected={selected} />
      )}
      {mark === null ? null : <Badge mark={mark} width={box.width} />}
    </g>
  );
});

const stroke = (selected: boolean) => ({ stroke: selected ? "var(--accent)" : "var(--line-input)", strokeWidth: selected ? 2.5 : 1 });

const PRECISION_CHIPS: Partial<Record<GraphPrecision, string>> = {
  int8: "int8",
  "int8-weights": "w int8",
  "int4-weights": "w int4",
  "float16-weights": "w fp16",
  "other-quantised": "int",
  float16: "fp16",
  bfloat16: "bf16",
  float64: "fp64",
};

type InnerProps = Pick<BoxViewProps, "state" | "box" | "selected" | "times">;

function NodeBox({ state, box, node, selected, times }: InnerProps & { node: number }) {
  const facts = state.view.nodes[node];
  if (facts === undefined) return null;
  const { colour, sign } = familyStyle[opFamily(facts.op)];
  const chip = PRECISION_CHIPS[facts.precision];
  const chipWidth = chip === undefined ? 0 : chip.length * SMALL_CHARACTER + 10;
  const output = state.view.values[facts.outputs[0] ?? -1];
  const window = windowText(facts);
  const room = box.width - 30 - chipWidth - 14;
  const title = cut(facts.op, room, CHARACTER);
  const subtitle = output === undefined ? facts.name : shortShape(output) || facts.name;
  return (
    <>
      <rect width={box.width} height={box.height} rx={6} fill={fillOf(times, box, "var(--surface)")} {...stroke(selected)} />
      <rect x={0.5} y={6} width={3} height={box.height - 12} fill={colour} />
      <path d={sign} transform="translate(12 9)" fill={colour} fillRule="evenodd" />
      <text x={30} y={19} fontSize={12.5} fontWeight={600} fill="var(--text)">
        {title}
        {window === "" || (title.length + window.length + 1) * CHARACTER > room ? null : (
          <tspan fontWeight={400} fill="var(--muted)">{` ${window}`}</tspan>
        )}
      </text>
      <text x={30} y={35} fontSize={11} fill="var(--muted)">
        {cut(subtitle, box.width - 38 - (times === null ? 0 : TIME_WIDTH), SMALL_CHARACTER)}
      </text>
      {times === null ? null : <TimeText times={times} box={box} y={35} />}
      {chip === undefined ? null : (
        <g transform={`translate(${box.width - chipWidth - 8} 8)`}>
          <rect width={chipWidth} height={15} rx={4} fill="var(--accent-soft)" stroke="var(--accent)" strokeWidth={0.75} />
          <text x={chipWidth / 2} y={11} textAnchor="middle" fontSize={10} fill="var(--text)">
            {chip}
          </text>
        </g>
      )}
      {box.group === null ? null : <FoldSign x={box.width - 14} y={box.height - 10} open={false} />}
    </>
  );
}

function GroupBox({ state, box, selected, times }: InnerProps) {
  const name = useGroupName();
  const group = box.group === null ? undefined : state.drawing.groups[box.group];
  if (group === undefined) return null;
  const { title, subtitle } = name(group);
  const count = blocksIn(group);
  const badge = count > 1 ? `×${count}` : "";
  return (
    <>
      {count > 1 ? (
        <rect x={5} y={5} width={box.width} height={box.height} rx={8} fill="var(--sunken)" stroke="var(--line-input)" strokeWidth={1} />
      ) : null}
      <rect width={box.width} height={box.height} rx={8} fill={fillOf(times, box, "var(--sunken)")} {...stroke(selected)} />
      <FoldSign x={15} y={box.height / 2} open={false} />
      <text x={30} y={22} fontSize={12.5} fontWeight={600} fill="var(--text)">
        {cut(title, box.width - 40 - badge.length * 9, CHARACTER)}
      </text>
      <text x={30} y={39} fontSize={11} fill="var(--muted)">
        {cut(subtitle, box.width - 38 - (times === null ? 0 : TIME_WIDTH), SMALL_CHARACTER)}
      </text>
      {times === null ? null : <TimeText times={times} box={box} y={39} />}
      {badge === "" ? null : (
        <text x={box.width - 10} y={22} textAnchor="end" fontSize={13} fontWeight={600} fill="var(--accent)">
          {badge}
        </text>
      )}
    </>
  );
}

const TIME_WIDTH = 62;

function fillOf(times: Times | null, box: SceneBox, ground: string): string {
  return times === null ? ground : heatFill(heatOf(times, times.ofBox(box)), ground);
}

/** How long it takes: the colour alone would say it to some only. */
function TimeText({ times, box, y }: { times: Times; box: SceneBox; y: number }) {
  const format = useFormat();
  const ms = times.ofBox(box);
  if (ms === null) return null;
  return (
    <text x={box.width - 10} y={y} textAnchor="end" fontSize={11} fontWeight={600} fill="var(--text)">
      {format.ms(ms)}
    </text>
  );
}

/** How many alike blocks a run holds; 1 for any other group. */
export function blocksIn(group: GraphGroup): number {
  return group.kind === "run" ? group.items.filter((item) => item.kind === "group").length : 1;
}

function Frame({ box, selected }: { box: SceneBox; selected: boolean }) {
  return (
    <rect width={box.width} height={box.height} rx={10} fill="var(--bg)" fillOpacity={0.6} strokeDasharray="5 4" {...stroke(selected)} />
  );
}

/** The title of an unfolded block stands above the edges that pass through it. */
export const FrameTitle = memo(function FrameTitle({ state, box }: Pick<BoxViewProps, "state" | "box">) {
  const name = useGroupName();
  const { item } = box;
  const group = item.kind === "group" ? state.drawing.groups[item.group] : undefined;
  const op = item.kind === "node" ? state.view.nodes[item.node]?.op : undefined;
  const scope = group?.kind === "scope" ? state.view.scopes[group.scope ?? -1]?.name : undefined;
  const title = cut(op ?? scope ?? (group === undefined ? "" : name(group).title), box.width - 40, CHARACTER);
  return (
    <g data-box={box.key} transform={`translate(${box.x} ${box.y})`} className="cursor-pointer">
      <rect x={5} y={4} width={title.length * CHARACTER + 28} height={GROUP_TITLE - 10} rx={4} fill="var(--bg)" />
      <FoldSign x={15} y={14} open />
      <text x={28} y={18} fontSize={12} fontWeight={600} fill="var(--text)">
        {title}
      </text>
    </g>
  );
});

function Door({ state, box, selected }: { state: BoxViewProps["state"]; box: SceneBox; selected: boolean }) {
  const t = useTranslations("graph.doors");
  const { item } = box;
  if (item.kind !== "input" && item.kind !== "output") return null;
  const value = state.view.values[item.value];
  return (
    <>
      <rect width={box.width} height={box.height} rx={box.height / 2} fill="var(--off-soft)" {...stroke(selected)} />
      <text x={box.width / 2} y={18} textAnchor="middle" fontSize={11.5} fill="var(--text)">
        {cut(value === undefined ? t(item.kind) : doorText(value), box.width - 16, SMALL_CHARACTER + 0.3)}
      </text>
    </>
  );
}

function FoldSign({ x, y, open }: { x: number; y: number; open: boolean }) {
  return (
    <g stroke="var(--muted)" strokeWidth={1.5} strokeLinecap="round">
      <rect x={x - 6} y={y - 6} width={12} height={12} rx={3} fill="var(--surface)" strokeWidth={1} />
      <path d={open ? `M${x - 3} ${y}H${x + 3}` : `M${x - 3} ${y}H${x + 3}M${x} ${y - 3}V${y + 3}`} />
    </g>
  );
}

function Badge({ mark, width }: { mark: NonNullable<ReturnType<Marks["of"]>>; width: number }) {
  const { colour, sign } = diffStyle[mark.status];
  const text = mark.count > 1 ? `${sign} ${mark.count}` : sign;
  const size = Math.max(18, text.length * 7 + 10);
  return (
    <g transform={`translate(${width - size + 8} -9)`}>
      <rect width={size} height={18} rx={9} fill={colour} />
      <text x={size / 2} y={13} textAnchor="middle" fontSize={11.5} fontWeight={700} fill="var(--surface)">
        {text}
      </text>
    </g>
  );
}
