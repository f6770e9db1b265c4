"use client";
import type { ModelCard, OutputReading, TensorSpec } from "@flotilla/contracts";
import { Field, Select } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { DetectionFields } from "./detection-fields.tsx";

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

/** A first reading for a task, out of the shapes: the tensor with four columns is the boxes, a lone one with one channel a map. null: the task needs none. */
export function proposeReading(task: ModelCard["task"], outputs: readonly TensorSpec[]): OutputReading | null {
  const first = outputs[0]?.name ?? "";
  switch (task) {
    case "detection": {
      const map = outputs.length === 1 ? outputs.find(({ shape }) => shape.length === 4 && shape[1] === 1) : undefined;
      const boxes = outputs.find(({ shape }) => shape.length === 3 && shape[2] === 4);
      const scores = outputs.find((output) => output !== boxes && output.shape.length >= 2);
      return {
        task,
        boxesOutput: boxes?.name ?? first,
        scoresOutput: boxes === undefined ? null : (scores?.name ?? null),
        boxFormat: map === undefined ? "xyxy" : "regions",
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
