"use client";
import type { Recipe, RecipePass } from "@flotilla/contracts";
import { useTranslations } from "next-intl";

type StaticPass = Extract<RecipePass, { pass: "int8-static" }>;

/** A candidate in words, by its recipe: "static int8 (min-max ranges, biases corrected, 3 layers in float)". */
export function useRecipeText(): (recipe: Recipe) => string {
  const t = useTranslations("search.candidate");
  const details = (pass: StaticPass): string[] => [
    t("ranges", { observer: t(`observers.${pass.observer}`) }),
    ...(pass.perChannel ? [] : [t("perTensor")]),
    ...(pass.reduceRange ? [t("reduceRange")] : []),
    ...(pass.weights === "uint8" ? [t("unsignedWeights")] : []),
    ...(pass.recurrent === true ? [t("recurrent")] : []),
    ...(pass.equalise === true ? [t("equalised")] : []),
    ...(pass.correctBias === true ? [t("biasesCorrected")] : []),
    ...((pass.roundAdaptively ?? []).length > 0 ? [t("roundedAdaptively", { count: pass.roundAdaptively?.length ?? 0 })] : []),
    ...(pass.exclude.length > 0 ? [t("inFloat", { count: pass.exclude.length })] : []),
  ];
  return (recipe) => {
    const pass = recipe.passes.find((each) => each.pass !== "simplify" && each.pass !== "bind-inputs");
    if (pass?.pass === "fp16") return t("fp16");
    if (pass?.pass === "int8-dynamic") return t("dynamic");
    if (pass?.pass === "weight-only" && pass.bits === 8) return t("weightOnly", { count: pass.exclude.length });
    if (pass?.pass !== "int8-static") return recipe.name;
    return t("static", { details: details(pass).join(t("separator")) });
  };
}

/** Layers that a recipe leaves in float. */
export function floatLayersOf(recipe: Recipe): readonly string[] {
  return recipe.passes.flatMap((pass) => ("exclude" in pass ? (pass.exclude ?? []) : []));
}
