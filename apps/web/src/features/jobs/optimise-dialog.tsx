"use client";
import type { DataSetView, ModelVersionView } from "@flotilla/contracts/views";
import { AppLink, Button, Checkbox, Dialog, Field, Notice, NumberInput, Select } from "@flotilla/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";
import { defaultGateChoice, toGates } from "./gate-choices.ts";
import { GateFields } from "./gate-fields.tsx";
import { defaultChoice, type RecipeChoice, toRecipes } from "./recipe-choices.ts";

export interface OptimiseDialogProps {
  version: ModelVersionView;
  onClose: () => void;
  onStarted: () => void;
}

/** Choose recipes, the images to calibrate and to test with, and the gates; several recipes run at once. */
export function OptimiseDialog({ version, onClose, onStarted }: OptimiseDialogProps) {
  const t = useTranslations("jobs.optimise");
  const say = useErrorText();
  const trpc = useTRPC();
  const client = useQueryClient();
  const dataSets = useQuery(trpc.dataSets.list.queryOptions());
  const [choice, setChoice] = useState<RecipeChoice>(defaultChoice);
  const [gates, setGates] = useState(defaultGateChoice);
  const [calibrationId, setCalibrationId] = useState<string | null>(null);
  const [testId, setTestId] = useState<string | null>(null);
  const sets = dataSets.data ?? [];
  const calibration = calibrationId ?? suggest(sets, "calib") ?? "";
  const test = testId ?? suggest(sets, "test") ?? "";
  const labelled = sets.find((set) => set.id === test)?.labelled ?? false;
  const recipes = toRecipes(choice);
  const wrong = recipes.length === 0 ? t("errors.noRecipe") : choice.static && calibration === "" ? t("errors.noCalibration") : null;
  const optimise = useMutation(
    trpc.jobs.optimise.mutationOptions({
      onSuccess: async () => {
        await client.invalidateQueries(trpc.jobs.list.pathFilter());
        onStarted();
      },
    }),
  );
  const submit = () =>
    optimise.mutate({
      modelVersionId: version.id,
      recipes,
      calibrationDataSetId: calibration === "" ? null : calibration,
      testDataSetId: test === "" ? null : test,
      gates: test === "" ? [] : toGates(gates, labelled),
    });
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      size="lg"
      title={t("title", { name: `${version.modelName} ${version.version}` })}
      description={t("description")}
      footer={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button variant="primary" disabled={wrong !== null} pending={optimise.isPending} onClick={submit}>
            {t("start", { count: recipes.length })}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-5">
        <RecipeFields choice={choice} onChange={setChoice} />
        <fieldset className="grid gap-3 sm:grid-cols-2">
          <legend className="mb-2 font-semibold">{t("data")}</legend>
          <Field label={t("calibration")} hint={t("calibrationHint")}>
            <Select
              value={calibration}
              onChange={(event) => setCalibrationId(event.target.value)}
              placeholder={t("none")}
              options={optionsOf(sets, t)}
            />
          </Field>
          <Field label={t("test")} hint={t("testHint")}>
            <Select
              value={test}
              onChange={(event) => setTestId(event.target.value)}
              placeholder={t("noTest")}
              options={optionsOf(sets, t)}
            />
          </Field>
        </fieldset>
        {dataSets.isSuccess && sets.length === 0 ? (
          <Notice kind="warn">
            {t("noDataSets")}{" "}
            <AppLink href="/data-sets" className="text-link">
              {t("toDataSets")}
            </AppLink>
          </Notice>
        ) : null}
        {version.card.preprocessing === null ? <Notice kind="warn">{t("noPreprocessing")}</Notice> : null}
        {test === "" ? null : (
          <fieldset>
            <legend className="mb-2 font-semibold">{t("gates")}</legend>
            <GateFields value={gates} onChange={setGates} labelled={labelled} />
          </fieldset>
        )}
        {wrong === null ? null : <Notice kind="warn">{wrong}</Notice>}
        {optimise.error === null ? null : <Notice kind="bad">{say(optimise.error)}</Notice>}
      </div>
    </Dialog>
  );
}

function RecipeFields({ choice, onChange }: { choice: RecipeChoice; onChange: (choice: RecipeChoice) => void }) {
  const t = useTranslations("jobs.optimise");
  const { options } = choice;
  const set = (change: Partial<RecipeChoice["options"]>) => onChange({ ...choice, options: { ...options, ...change } });
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-2 font-semibold">{t("recipes")}</legend>
      <Checkbox
        label={t("fp16")}
        hint={t("fp16Hint")}
        checked={choice.fp16}
        onChange={(event) => onChange({ ...choice, fp16: event.target.checked })}
      />
      <Checkbox
        label={t("dynamic")}
        hint={t("dynamicHint")}
        checked={choice.dynamic}
        onChange={(event) => onChange({ ...choice, dynamic: event.target.checked })}
      />
      <Checkbox
        label={t("static")}
        hint={t("staticHint")}
        checked={choice.static}
        onChange={(event) => onChange({ ...choice, static: event.target.checked })}
      />
      {choice.static ? (
        <div className="ml-6 grid gap-3 rounded-md border bg-sunken p-3 sm:grid-cols-2">
          <Checkbox
            label={t("perChannel")}
            hint={t("perChannelHint")}
            checked={options.perChannel}
            onChange={(event) => set({ perChannel: event.target.checked })}
          />
          <Checkbox
            label={t("reduceRange")}
            hint={t("reduceRangeHint")}
            checked={options.reduceRange}
            onChange={(event) => set({ reduceRange: event.target.checked })}
          />
          <Field label={t("activations")} hint={t("activationsHint")}>
            <Select
              value={options.activations}
              onChange={(event) => set({ activations: event.target.value === "int8" ? "int8" : "uint8" })}
              options={[
                { value: "uint8", label: "uint8" },
                { value: "int8", label: "int8" },
              ]}
            />
          </Field>
          <Field label={t("samples")} hint={t("samplesHint")}>
            <NumberInput
              min={1}
              max={4096}
              step={1}
              value={options.calibrationSamples}
              onValueChange={(value) => set({ calibrationSamples: Math.max(1, Math.min(4096, Math.round(value ?? 1))) })}
            />
          </Field>
        </div>
      ) : null}
    </fieldset>
  );
}

/** The set whose name says what it is for; else, for a test, a labelled one. */
function suggest(sets: readonly DataSetView[], word: string): string | undefined {
  const named = sets.find((set) => set.name.toLowerCase().includes(word));
  if (named !== undefined) return named.id;
  return word === "test" ? sets.find((set) => set.labelled)?.id : sets[0]?.id;
}

function optionsOf(sets: readonly DataSetView[], t: ReturnType<typeof useTranslations<"jobs.optimise">>) {
  return sets.map((set) => ({
    value: set.id,
    label: t("dataSetOption", { name: set.name, count: set.sampleCount, labelled: set.labelled ? "yes" : "no" }),
  }));
}
