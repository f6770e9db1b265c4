"use client";
import type { DataSetView, ModelVersionView } from "@flotilla/contracts/views";
import { Field, Notice, Select } from "@flotilla/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { parseAsString, useQueryState } from "nuqs";
import { useRef, useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { DataSetNotices } from "../jobs/data-set-notices.tsx";
import { dataSetOptions, suggestDataSet } from "../jobs/data-set-options.ts";
import { useErrorText } from "../shell/use-reason-text.ts";
import { checkGoal, defaultGoalChoice, gatesOfGoal, type GoalChoice, type GoalErrors, toGoal } from "./goal-choice.ts";
import { GoalFields } from "./goal-fields.tsx";
import { useProfileText } from "./use-profile-text.ts";

export interface GoalFormProps {
  /** The button that sends it stands outside. */
  id: string;
  version: ModelVersionView;
  onStarted: () => void;
}

/** What a variant must reach, on which kind of device, and the images to find it with and to prove it on. */
export function GoalForm({ id, version, onStarted }: GoalFormProps) {
  const t = useTranslations("search.form");
  const trpc = useTRPC();
  const say = useErrorText();
  const client = useQueryClient();
  const profile = useProfileText();
  const form = useRef<HTMLFormElement>(null);
  const [, setSearch] = useQueryState("search", parseAsString);
  const dataSets = useQuery(trpc.dataSets.list.queryOptions());
  const [changed, setChanged] = useState<Partial<GoalChoice>>({});
  const [isSent, setSent] = useState(false);
  const sets = dataSets.data ?? [];
  const choice: GoalChoice = {
    ...defaultGoalChoice,
    calibrationId: suggestDataSet(sets, "calib") ?? "",
    testId: suggestDataSet(sets, "test") ?? "",
    ...changed,
  };
  const find = (setId: string) => sets.find((set) => set.id === setId);
  const steering = find(choice.steeringId === "" ? choice.calibrationId : choice.steeringId);
  const errors = checkGoal(choice, steering?.labelled ?? false);
  const change = (next: Partial<GoalChoice>) => setChanged({ ...changed, ...next });
  const search = useMutation(
    trpc.jobs.search.mutationOptions({
      onSuccess: async ({ jobId }) => {
        await client.invalidateQueries(trpc.jobs.list.pathFilter());
        void setSearch(jobId);
        onStarted();
      },
    }),
  );
  const start = () => {
    setSent(true);
    if (Object.keys(errors).length > 0) {
      // After the errors are drawn: the first field that is wrong gets the focus.
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus());
      return;
    }
    const goal = toGoal(choice);
    const test = find(choice.testId);
    search.mutate({
      modelVersionId: version.id,
      goal,
      calibrationDataSetId: choice.calibrationId,
      steeringDataSetId: choice.steeringId === "" ? null : choice.steeringId,
      testDataSetId: test?.id ?? null,
      gates: test === undefined ? [] : gatesOfGoal(goal, test.labelled),
    });
  };
  return (
    <form
      ref={form}
      id={id}
      noValidate
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        start();
      }}
    >
      <GoalFields choice={choice} onChange={change} errors={isSent ? errors : {}} canCountLabels={steering?.labelled ?? false} />
      <DataFields choice={choice} onChange={change} errors={isSent ? errors : {}} sets={sets} />
      <DataSetNotices version={version} hasNone={dataSets.isSuccess && sets.length === 0} />
      <p className="text-muted" data-testid="goal-plan">
        {t("plan", {
          profile: profile.name(choice.targetProfile),
          steering: steering?.name ?? t("noSet"),
          proved: find(choice.testId) === undefined ? "no" : "yes",
          test: find(choice.testId)?.name ?? "",
        })}
      </p>
      {search.error === null ? null : <Notice kind="bad">{say(search.error)}</Notice>}
    </form>
  );
}

interface DataFieldsProps {
  choice: GoalChoice;
  onChange: (change: Partial<GoalChoice>) => void;
  errors: GoalErrors;
  sets: readonly DataSetView[];
}

function DataFields({ choice, onChange, errors, sets }: DataFieldsProps) {
  const t = useTranslations("search.form");
  const options = dataSetOptions(sets, useTranslations("jobs.optimise"));
  return (
    <fieldset className="grid gap-3 sm:grid-cols-3">
      <legend className="mb-2 font-semibold">{t("data")}</legend>
      <Field
        label={t("calibration")}
        hint={t("calibrationHint")}
        error={errors.calibrationId === undefined ? undefined : t("errors.noCalibration")}
      >
        <Select
          value={choice.calibrationId}
          onChange={(event) => onChange({ calibrationId: event.target.value })}
          placeholder={t("choose")}
          options={options}
        />
      </Field>
      <Field label={t("steering")} hint={t("steeringHint")}>
        <Select
          value={choice.steeringId}
          onChange={(event) => onChange({ steeringId: event.target.value })}
          placeholder={t("sameAsCalibration")}
          options={options}
        />
      </Field>
      <Field label={t("test")} hint={t("testHint")}>
        <Select
          value={choice.testId}
          onChange={(event) => onChange({ testId: event.target.value })}
          placeholder={t("noTest")}
          options={options}
        />
      </Field>
    </fieldset>
  );
}
