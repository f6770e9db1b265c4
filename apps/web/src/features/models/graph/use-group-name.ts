"use client";
import type { GraphGroup } from "@flotilla/contracts";
import { opFamily } from "@flotilla/domain/graph";
import { useTranslations } from "next-intl";

const SHOWN_OPERATORS = 4;

/** How a group is called: by its kind where it has one, else by its operators. */
export function useGroupName(): (group: GraphGroup) => { title: string; subtitle: string } {
  const t = useTranslations("graph");
  return ({ kind, shape, operators, items }) => {
    // A run is called what each of its blocks is called.
    const blocks = kind === "run" ? Math.max(1, items.filter((item) => item.kind === "group").length) : 1;
    // With quantisation drawn as nodes there is more of it than of anything else, and it says least.
    const telling = operators.filter(({ op }) => opFamily(op) !== "quantisation");
    const listed = telling.length > 0 ? telling : operators;
    const words = listed.slice(0, SHOWN_OPERATORS).map(({ op, count }) => {
      const each = Math.round(count / blocks);
      return each > 1 ? `${each} ${op}` : op;
    });
    const list = words.join(" · ") + (listed.length > SHOWN_OPERATORS ? " …" : "");
    const nodes = operators.reduce((sum, { count }) => sum + count, 0);
    return shape === null ? { title: list, subtitle: t("nodes", { count: nodes }) } : { title: t(`shapes.${shape}`), subtitle: list };
  };
}
