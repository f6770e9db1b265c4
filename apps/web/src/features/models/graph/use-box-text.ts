"use client";
import { doorText, type SceneBox, shapeText } from "@flotilla/domain/graph";
import { useTranslations } from "next-intl";
import { blocksIn } from "./box-view.tsx";
import type { Marks } from "./marks.ts";
import { useGroupName } from "./use-group-name.ts";
import type { SceneState } from "./use-scene.ts";

/** A box in words: what a screen reader says when it is selected. */
export function useBoxText({ view, drawing, steps, boxByKey }: SceneState, marks: Marks | null): (box: SceneBox) => string {
  const t = useTranslations("graph");
  const name = useGroupName();
  return (box) => {
    const { item } = box;
    const place = boxByKey.get(box.key) ?? -1;
    const ways = t("ways", { before: steps.up.get(place)?.length ?? 0, after: steps.down.get(place)?.length ?? 0 });
    const mark = marks?.of(box) ?? null;
    const became = mark === null ? "" : ` ${t(`diff.statuses.${mark.status}`)}.`;
    if (item.kind === "node") {
      const node = view.nodes[item.node];
      const output = view.values[node?.outputs[0] ?? -1];
      return `${node?.op ?? ""} ${node?.name ?? ""} ${output === undefined ? "" : shapeText(output)}. ${ways}${became}`;
    }
    if (item.kind === "group") {
      const group = drawing.groups[item.group];
      if (group === undefined) return "";
      const count = blocksIn(group);
      const { title, subtitle } = name(group);
      const folded = t(box.unfolded ? "unfolded" : "folded");
      return `${title}${count > 1 ? ` × ${count}` : ""}, ${subtitle}, ${folded}. ${ways}${became}`;
    }
    const value = view.values[item.value];
    return item.kind === "entry" || item.kind === "exit" || value === undefined
      ? ""
      : `${t(`doors.${item.kind}`)} ${doorText(value)}. ${ways}`;
  };
}
