"use client";
import type { RolloutPreflight } from "@flotilla/contracts/views";
import { Button, Card, Checkbox, Field, Input, NumberInput, RadioGroup, Select, useFormat } from "@flotilla/ui";
import { Plus, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { newKey } from "../shell/new-key.ts";
import { type StageDraft, type TemplateName, templateNames } from "./draft-rollout.ts";
import { DurationInput } from "./duration-input.tsx";

export interface StageEditorProps {
  stages: StageDraft[];
  onChange: (stages: StageDraft[]) => void;
  template: TemplateName | "custom";
  onTemplate: (template: TemplateName) => void;
  /** Live device counts, where they are known. */
  counts: RolloutPreflight["stages"] | null;
  error: string | null;
}

/** The steps: how far each goes, how long it must hold, how long it may take, and whether a person promotes. */
export function StageEditor({ stages, onChange, template, onTemplate, counts, error }: StageEditorProps) {
  const t = useTranslations("rollouts.new.stages");
  const format = useFormat();
  const last = stages.at(-1);
  const update = (index: number, change: Partial<StageDraft>) =>
    onChange(stages.map((stage, at) => (at === index ? { ...stage, ...change } : stage)));
  const add = () => {
    const amount = last?.unit === "count" ? (last.amount ?? 0) + 1 : Math.min(100, (last?.amount ?? 0) + 25);
    onChange([
      ...stages,
      {
        key: newKey(),
        name: t("stageName", { n: stages.length + 1 }),
        unit: last?.unit ?? "percent",
        amount,
        soakSeconds: 600,
        deadlineSeconds: 86_400,
        manual: false,
      },
    ]);
  };
  return (
    <Card title={t("title")} aside={t("hint")}>
      <RadioGroup
        label={t("template")}
        layout="segmented"
        value={template}
        onValueChange={(next) => {
          if (next !== "custom") onTemplate(next);
        }}
        options={[
          ...templateNames.map((value) => ({ value, label: t(value) })),
          ...(template === "custom" ? [{ value: "custom" as const, label: t("custom") }] : []),
        ]}
      />
      <ol className="mt-3 flex list-none flex-col gap-3 p-0">
        {stages.map((stage, index) => (
          <StageRow
            key={stage.key}
            stage={stage}
            count={counts?.[index] ?? null}
            removable={stages.length > 1}
            onChange={(change) => update(index, change)}
            onRemove={() => onChange(stages.filter((_, at) => at !== index))}
          />
        ))}
      </ol>
      {error === null ? null : (
        <p role="alert" className="mt-2 text-bad text-xs">
          {error}
        </p>
      )}
      {last?.unit === "percent" && last.amount !== null && last.amount < 100 ? (
        <p className="mt-2 text-warn text-xs">{t("lastNotAll", { percent: format.percent(last.amount / 100, 0) })}</p>
      ) : null}
      <Button size="sm" className="mt-3" icon={<Plus size={14} aria-hidden />} onClick={add}>
        {t("add")}
      </Button>
    </Card>
  );
}

interface StageRowProps {
  stage: StageDraft;
  count: RolloutPreflight["stages"][number] | null;
  removable: boolean;
  onChange: (change: Partial<StageDraft>) => void;
  onRemove: () => void;
}

function StageRow({ stage, count, removable, onChange, onRemove }: StageRowProps) {
  const t = useTranslations("rollouts.new.stages");
  return (
    <li className="flex flex-wrap items-end gap-3 rounded-md border bg-sunken p-3">
      <Field label={t("name")} className="w-32">
        <Input value={stage.name} onChange={(event) => onChange({ name: event.target.value })} />
      </Field>
      <Field label={t("upTo")} className="w-20">
        <NumberInput min={0} value={stage.amount} onValueChange={(amount) => onChange({ amount })} />
      </Field>
      <Field label={t("unit")} className="w-32">
        <Select
          value={stage.unit}
          onChange={(event) => onChange({ unit: event.target.value === "count" ? "count" : "percent" })}
          options={[
            { value: "percent", label: t("percent") },
            { value: "count", label: t("count") },
          ]}
        />
      </Field>
      <div className="flex flex-col gap-1">
        <span className="font-medium">{t("soak")}</span>
        <DurationInput
          key={`${stage.key}-soak`}
          label={t("soak")}
          seconds={stage.soakSeconds}
          onChange={(soakSeconds) => onChange({ soakSeconds })}
        />
      </div>
      <div className="flex flex-col gap-1">
        <span className="font-medium">{t("deadline")}</span>
        <DurationInput
          key={`${stage.key}-deadline`}
          label={t("deadline")}
          seconds={stage.deadlineSeconds}
          onChange={(deadlineSeconds) => onChange({ deadlineSeconds })}
        />
      </div>
      <Checkbox
        className="h-8 items-center"
        label={t("manual")}
        checked={stage.manual}
        onChange={(event) => onChange({ manual: event.target.checked })}
      />
      <span className="ml-auto h-8 content-center text-muted text-xs" aria-live="polite">
        {count === null
          ? ""
          : count.newDevices === 0
            ? t("emptyStage")
            : t("newDevices", { total: count.totalDevices, count: count.newDevices })}
      </span>
      <Button
        size="icon"
        variant="ghost"
        disabled={!removable}
        aria-label={t("remove", { name: stage.name })}
        onClick={onRemove}
        icon={<Trash2 size={14} aria-hidden />}
      />
    </li>
  );
}
