"use client";
import type { DetectionReading, ModelCard, OutputReading, TensorSpec } from "@flotilla/contracts";
import { Checkbox, Field, NumberInput, Select } from "@flotilla/ui";
import { useTranslations } from "next-intl";

export interface ReadingFieldsProps {
  value: OutputReading;
  outputs: readonly TensorSpec[];
  onChange: (value: OutputReading) => void;
}

/** What the outputs mean: which is boxes, scores, masks or text, and how they are read. */
export function ReadingFields({ value, outputs, onChange }: ReadingFieldsProps) {
  const t = useTranslations("models.reading");
  const names = outputs.map(({ name }) => ({ value: name, label: name }));
  if (value.task === "detection") return <DetectionFields value={value} names={names} onChange={onChange} />;
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label={t("output")}>
        <Select value={value.output} onChange={(event) => onChange({ ...value, output: event.target.value })} options={names} />
      </Field>
      {value.task === "segmentation" ? (
        <Field label={t("layout")}>
          <Select
            value={value.layout}
            onChange={(event) => onChange({ ...value, layout: event.target.value === "nchw" ? "nchw" : "nhwc" })}
            options={[
              { value: "nhwc", label: "NHWC" },
              { value: "nchw", label: "NCHW" },
            ]}
          />
        </Field>
      ) : (
        <Field label={t("blank")} hint={t("blankHint")}>
          <Select
            value={value.blank}
            onChange={(event) => onChange({ ...value, blank: event.target.value === "last" ? "last" : "first" })}
            options={[
              { value: "first", label: t("first") },
              { value: "last", label: t("last") },
            ]}
          />
        </Field>
      )}
    </div>
  );
}

const BOX_FORMATS = ["xyxy", "yxyx", "xywh", "cxcywh"] as const;
const BEHIND_THE_BOXES = "";

interface DetectionFieldsProps {
  value: DetectionReading;
  names: { value: string; label: string }[];
  onChange: (value: DetectionReading) => void;
}

function DetectionFields({ value, names, onChange }: DetectionFieldsProps) {
  const t = useTranslations("models.reading");
  const set = (change: Partial<DetectionReading>) => onChange({ ...value, ...change });
  const share = (number: number | null) => Math.max(0, Math.min(1, number ?? 0.5));
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label={t("boxes")}>
        <Select value={value.boxesOutput} onChange={(event) => set({ boxesOutput: event.target.value })} options={names} />
      </Field>
      <Field label={t("scores")}>
        <Select
          value={value.scoresOutput ?? BEHIND_THE_BOXES}
          onChange={(event) => set({ scoresOutput: event.target.value === BEHIND_THE_BOXES ? null : event.target.value })}
          options={[{ value: BEHIND_THE_BOXES, label: t("behind") }, ...names]}
        />
      </Field>
      <Field label={t("boxFormat")}>
        <Select
          value={value.boxFormat}
          onChange={(event) => set({ boxFormat: BOX_FORMATS.find((format) => format === event.target.value) ?? "xyxy" })}
          options={BOX_FORMATS.map((format) => ({ value: format, label: t(`formats.${format}`) }))}
        />
      </Field>
      <Field label={t("scoreKind")}>
        <Select
          value={value.scoreKind}
          onChange={(event) => set({ scoreKind: event.target.value === "logit" ? "logit" : "probability" })}
          options={[
            { value: "probability", label: t("probability") },
            { value: "logit", label: t("logit") },
          ]}
        />
      </Field>
      <Field label={t("scoreThreshold")}>
        <NumberInput
          min={0}
          max={1}
          value={value.scoreThreshold}
          onValueChange={(scoreThreshold) => set({ scoreThreshold: share(scoreThreshold) })}
        />
      </Field>
      <Field label={t("iouThreshold")} hint={t("iouThresholdHint")}>
        <NumberInput
          min={0}
          max={1}
          value={value.iouThreshold}
          onValueChange={(iouThreshold) => set({ iouThreshold: share(iouThreshold) })}
        />
      </Field>
      <Checkbox label={t("background")} checked={value.background} onChange={(event) => set({ background: event.target.checked })} />
    </div>
  );
}

/** A first reading for a task, out of the shapes: the tensor with four columns is the boxes. null: the task needs none. */
export function proposeReading(task: ModelCard["task"], outputs: readonly TensorSpec[]): OutputReading | null {
  const first = outputs[0]?.name ?? "";
  switch (task) {
    case "detection": {
      const boxes = outputs.find(({ shape }) => shape.length === 3 && shape[2] === 4);
      const scores = outputs.find((output) => output !== boxes && output.shape.length >= 2);
      return {
        task,
        boxesOutput: boxes?.name ?? first,
        scoresOutput: boxes === undefined ? null : (scores?.name ?? null),
        boxFormat: "xyxy",
        scoreKind: "probability",
        background: false,
        scoreThreshold: 0.5,
        iouThreshold: 0.5,
      };
    }
    case "segmentation":
      return { task, output: first, layout: "nhwc" };
    case "sequence":
      return { task, output: first, blank: "first" };
    default:
      return null;
  }
}
