"use client";
import type { ModelVersionView } from "@flotilla/contracts/views";
import { Field, Notice, Select } from "@flotilla/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";
import { DataSetNotices } from "./data-set-notices.tsx";
import { dataSetOptions, suggestDataSet } from "./data-set-options.ts";
import { defaultGateChoice, toGates } from "./gate-choices.ts";
import { GateFields } from "./gate-fields.tsx";
import { hasConvolutions, openDimensions, type RecipeChoice, toRecipes } from "./recipe-choices.ts";
import { RecipeFields } from "./recipe-fields.tsx";

export interface RecipeFormProps {
  /** The button that sends it stands outside. */
  id: string;
  version: ModelVersionView;
  choice: RecipeChoice;
  onChange: (choice: RecipeChoice) => void;
  onStarted: () => void;
}

/** Choose recipes, the images to calibrate and to test with, and the gates; several recipes run at once. */
export function RecipeForm({ id, version, choice, onChange, onStarted }: RecipeFormProps) {
  const t = useTranslations("jobs.optimise");
  const trpc = useTRPC();
  const say = useErrorText();
  const client = useQueryClient();
  const dataSets = useQuery(trpc.dataSets.list.queryOptions());
  const [gates, setGates] = useState(defaultGateChoice);
  const [calibrationId, setCalibrationId] = useState<string | null>(null);
  const [testId, setTestId] = useState<string | null>(null);
  const sets = dataSets.data ?? [];
  const calibration = calibrationId ?? suggestDataSet(sets, "calib") ?? "";
  const test = testId ?? suggestDataSet(sets, "test") ?? "";
  const labelled = sets.find((set) => set.id === test)?.labelled ?? false;
  const recipes = toRecipes(choice);
  const dimensions = openDimensions(version.inspection);
  const unsized = choice.format === "tflite" ? dimensions.filter((name) => choice.dimensions[name] === undefined) : [];
  const lacksCalibration = choice.static && calibration === "";
  const optimise = useMutation(
    trpc.jobs.optimise.mutationOptions({
      onSuccess: async () => {
        await client.invalidateQueries(trpc.jobs.list.pathFilter());
        onStarted();
      },
    }),
  );
  const start = () => {
    if (recipes.length === 0 || lacksCalibration || unsized.length > 0) return;
    optimise.mutate({
      modelVersionId: version.id,
      recipes,
      calibrationDataSetId: calibration === "" ? null : calibration,
      testDataSetId: test === "" ? null : test,
      gates: test === "" ? [] : toGates(gates, labelled),
    });
  };
  return (
    <form
      id={id}
      noValidate
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        start();
      }}
    >
      <RecipeFields
        choice={choice}
        onChange={onChange}
        hasConvolutions={hasConvolutions(version.inspection.operators)}
        dimensions={dimensions}
      />
      <fieldset className="grid gap-3 sm:grid-cols-2">
        <legend className="mb-2 font-semibold">{t("data")}</legend>
        <Field label={t("calibration")} hint={t("calibrationHint")} error={lacksCalibration ? t("errors.noCalibration") : undefined}>
          <Select
            value={calibration}
            onChange={(event) => setCalibrationId(event.target.value)}
            placeholder={t("none")}
            options={dataSetOptions(sets, t)}
          />
        </Field>
        <Field label={t("test")} hint={t("testHint")}>
          <Select
            value={test}
            onChange={(event) => setTestId(event.target.value)}
            placeholder={t("noTest")}
            options={dataSetOptions(sets, t)}
          />
        </Field>
      </fieldset>
      <DataSetNotices version={version} hasNone={dataSets.isSuccess && sets.length === 0} />
      {test === "" ? null : (
        <fieldset>
          <legend className="mb-2 font-semibold">{t("gates")}</legend>
          <GateFields value={gates} onChange={setGates} labelled={labelled} />
        </fieldset>
      )}
      {unsized.length === 0 ? null : <Notice kind="warn">{t("errors.noDimensions", { names: unsized.join(", ") })}</Notice>}
      {recipes.length === 0 ? <Notice kind="warn">{t("errors.noRecipe")}</Notice> : null}
      {optimise.error === null ? null : <Notice kind="bad">{say(optimise.error)}</Notice>}
    </form>
  );
}
