"use client";
import type { DetectionReading } from "@flotilla/contracts";
import { Button, Checkbox, Field, NumberInput, Select } from "@flotilla/ui";
import { useTranslations } from "next-intl";

const BOX_FORMATS = ["xyxy", "yxyx", "xywh", "cxcywh", "regions"] as const;
const BEHIND_THE_BOXES = "";
const MAX_LEVELS = 16;

type Level = NonNullable<DetectionReading["levels"]>[number];

export interface DetectionFieldsProps {
  value: DetectionReading;
  /** The model's outputs. */
  names: { value: string; label: string }[];
  onChange: (value: DetectionReading) => void;
}

/** How a detector's outputs become objects: a list of boxes, a map of regions, or boxes around the cells of grids. */
export function DetectionFields({ value, names, onChange }: DetectionFieldsProps) {
  const t = useTranslations("models.reading");
  const set = (change: Partial<DetectionReading>) => onChange({ ...value, ...change });
  const share = (number: number | null) => Math.max(0, Math.min(1, number ?? 0.5));
  const isMap = value.boxFormat === "regions";
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label={t("boxFormat")}>
        <Select
          value={value.boxFormat}
          onChange={(event) => set({ boxFormat: BOX_FORMATS.find((format) => format === event.target.value) ?? "xyxy" })}
          options={BOX_FORMATS.map((format) => ({ value: format, label: t(`formats.${format}`) }))}
        />
      </Field>
      {value.levels === undefined || isMap ? (
        <Field label={isMap ? t("map") : t("boxes")}>
          <Select value={value.boxesOutput} onChange={(event) => set({ boxesOutput: event.target.value })} options={names} />
        </Field>
      ) : null}
      {value.levels === undefined && !isMap ? (
        <Field label={t("scores")}>
          <Select
            value={value.scoresOutput ?? BEHIND_THE_BOXES}
            onChange={(event) => set({ scoresOutput: event.target.value === BEHIND_THE_BOXES ? null : event.target.value })}
            options={[{ value: BEHIND_THE_BOXES, label: t("behind") }, ...names]}
          />
        </Field>
      ) : null}
      {isMap ? null : (
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
      )}
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
      {isMap ? null : (
        <Checkbox label={t("background")} checked={value.background} onChange={(event) => set({ background: event.target.checked })} />
      )}
      {isMap ? null : <Levels value={value} names={names} onChange={onChange} />}
    </div>
  );
}

/** The grids whose cells the boxes belong to; none where boxes say themselves where they are. */
function Levels({ value, names, onChange }: DetectionFieldsProps) {
  const t = useTranslations("models.reading");
  const { levels = [] } = value;
  const write = (next: readonly Level[]) => {
    const { levels: _, ...rest } = value;
    onChange(next.length === 0 ? rest : { ...rest, levels: [...next] });
  };
  const first = names[0]?.value ?? "";
  const added: Level = { boxesOutput: value.boxesOutput, scoresOutput: value.scoresOutput ?? first, stride: 8, columns: 16, perCell: 1 };
  const set = (at: number, change: Partial<Level>) => write(levels.map((level, index) => (index === at ? { ...level, ...change } : level)));
  return (
    <fieldset className="grid gap-3 sm:col-span-2">
      <Checkbox label={t("grid")} checked={levels.length > 0} onChange={(event) => write(event.target.checked ? [added] : [])} />
      {levels.map((level, at) => (
        <div key={at} className="grid gap-3 sm:grid-cols-5">
          <Field label={t("boxes")}>
            <Select value={level.boxesOutput} onChange={(event) => set(at, { boxesOutput: event.target.value })} options={names} />
          </Field>
          <Field label={t("scores")}>
            <Select value={level.scoresOutput} onChange={(event) => set(at, { scoresOutput: event.target.value })} options={names} />
          </Field>
          <Field label={t("stride")}>
            <NumberInput min={1} value={level.stride} onValueChange={(stride) => set(at, { stride: Math.max(1, stride ?? 1) })} />
          </Field>
          <Field label={t("columns")}>
            <NumberInput min={1} value={level.columns} onValueChange={(columns) => set(at, { columns: whole(columns) })} />
          </Field>
          <Field label={t("perCell")}>
            <NumberInput min={1} value={level.perCell} onValueChange={(perCell) => set(at, { perCell: whole(perCell) })} />
          </Field>
        </div>
      ))}
      {levels.length === 0 ? null : (
        <div className="flex gap-2">
          <Button size="sm" disabled={levels.length >= MAX_LEVELS} onClick={() => write([...levels, added])}>
            {t("addLevel")}
          </Button>
          <Button size="sm" disabled={levels.length === 1} onClick={() => write(levels.slice(0, -1))}>
            {t("removeLevel")}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

function whole(value: number | null): number {
  return Math.max(1, Math.round(value ?? 1));
}
