"use client";
import type { ModelVersionView } from "@flotilla/contracts/views";
import { Button, Dialog, RadioGroup, Skeleton } from "@flotilla/ui";
import { useIsMutating } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useId, useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { applyPreset, defaultChoice, hasConvolutions, presets, toRecipes } from "./recipe-choices.ts";
import { RecipeForm } from "./recipe-form.tsx";

const GoalForm = dynamic(async () => (await import("../search/goal-form.tsx")).GoalForm, {
  ssr: false,
  loading: () => <Skeleton className="h-80" />,
});

export interface OptimiseDialogProps {
  version: ModelVersionView;
  onClose: () => void;
  onStarted: () => void;
}

/** Two ways to a variant: recipes that a person chooses, or a goal for which the recipes are found. */
export function OptimiseDialog({ version, onClose, onStarted }: OptimiseDialogProps) {
  const t = useTranslations("jobs.optimise");
  const trpc = useTRPC();
  const formId = useId();
  const [way, setWay] = useQueryState("way", parseAsStringLiteral(["recipes", "goal"]).withDefault("recipes"));
  const [preset, setPreset] = useQueryState("preset", parseAsStringLiteral(presets));
  const [choice, setChoice] = useState(() => {
    const usual = defaultChoice(hasConvolutions(version.inspection.operators));
    return preset === null ? usual : applyPreset(usual, preset);
  });
  const starting =
    useIsMutating({ mutationKey: trpc.jobs.optimise.mutationKey() }) + useIsMutating({ mutationKey: trpc.jobs.search.mutationKey() }) > 0;
  const count = toRecipes(choice).length;
  const leave = (then: () => void) => () => {
    void setWay(null);
    void setPreset(null);
    then();
  };
  const form = { id: formId, version, onStarted: leave(onStarted) };
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : leave(onClose)())}
      size="lg"
      title={t("title", { name: `${version.modelName} ${version.version}` })}
      description={t(way === "goal" ? "goalDescription" : "description")}
      footer={
        <>
          <Button onClick={leave(onClose)}>{t("cancel")}</Button>
          <Button variant="primary" type="submit" form={formId} disabled={way === "recipes" && count === 0} pending={starting}>
            {way === "goal" ? t("startSearch") : t("start", { count })}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-5">
        <RadioGroup
          label={t("way")}
          hideLabel
          layout="segmented"
          value={way}
          onValueChange={(next) => void setWay(next)}
          options={[
            { value: "recipes", label: t("byRecipes") },
            { value: "goal", label: t("byGoal") },
          ]}
        />
        {way === "goal" ? <GoalForm {...form} /> : <RecipeForm {...form} choice={choice} onChange={setChoice} />}
      </div>
    </Dialog>
  );
}
