"use client";
import type { Preprocessing } from "@flotilla/contracts";
import { Button, Field, Input, NumberInput, Select } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useState } from "react";

/** How an image becomes the input: size, channels, layout, scale, mean and standard deviation. */
export function PreprocessingFields({ value, onChange }: { value: Preprocessing; onChange: (value: Preprocessing | null) => void }) {
  const t = useTranslations("models.preprocessing");
  const set = (change: Partial<Preprocessing>) => onChange({ ...value, ...change });
  const size = (number: number | null) => Math.max(1, Math.min(8192, Math.round(number ?? 1)));
  return (
    <div className="grid gap-3 sm:grid-cols-3">
      <Field label={t("width")}>
        <NumberInput unit="px" min={1} value={value.width} onValueChange={(width) => set({ width: size(width) })} />
      </Field>
      <Field label={t("height")}>
        <NumberInput unit="px" min={1} value={value.height} onValueChange={(height) => set({ height: size(height) })} />
      </Field>
      <Field label={t("channels")}>
        <Select
          value={String(value.channels)}
          onChange={(event) => {
            const channels = event.target.value === "3" ? 3 : 1;
            set({ channels, mean: resize(value.mean, channels, 0), std: resize(value.std, channels, 1) });
          }}
          options={[
            { value: "1", label: t("grey") },
            { value: "3", label: t("colour") },
          ]}
        />
      </Field>
      <Field label={t("layout")}>
        <Select
          value={value.layout}
          onChange={(event) => set({ layout: event.target.value === "nchw" ? "nchw" : "nhwc" })}
          options={[
            { value: "nhwc", label: "NHWC" },
            { value: "nchw", label: "NCHW" },
          ]}
        />
      </Field>
      <Field label={t("order")}>
        <Select
          value={value.channelOrder}
          disabled={value.channels === 1}
          onChange={(event) => set({ channelOrder: event.target.value === "bgr" ? "bgr" : "rgb" })}
          options={[
            { value: "rgb", label: "RGB" },
            { value: "bgr", label: "BGR" },
          ]}
        />
      </Field>
      <Field label={t("scale")} hint={t("scaleHint", { value: `1 / ${Math.round(1 / value.scale)}` })}>
        <NumberInput value={value.scale} onValueChange={(scale) => set({ scale: scale ?? 1 })} />
      </Field>
      <NumbersField label={t("mean")} value={value.mean} onChange={(mean) => set({ mean })} count={value.channels} />
      <NumbersField label={t("std")} value={value.std} onChange={(std) => set({ std })} count={value.channels} nonZero />
      <Button variant="ghost" className="self-end" onClick={() => onChange(null)}>
        {t("remove")}
      </Button>
    </div>
  );
}

interface NumbersFieldProps {
  label: string;
  value: number[];
  onChange: (value: number[]) => void;
  count: number;
  nonZero?: boolean;
}

/** As many numbers as channels, typed with commas between. */
function NumbersField({ label, value, onChange, count, nonZero = false }: NumbersFieldProps) {
  const t = useTranslations("models.preprocessing");
  const [draft, setDraft] = useState<string | null>(null);
  const parsed = draft === null ? value : parseNumbers(draft);
  const wrong = parsed.length !== count || (nonZero && parsed.includes(0));
  return (
    <Field label={label} error={wrong ? t(nonZero ? "numbersNonZero" : "numbers", { count }) : null}>
      <Input
        value={draft ?? value.join(", ")}
        inputMode="decimal"
        onChange={(event) => {
          setDraft(event.target.value);
          const next = parseNumbers(event.target.value);
          if (next.length === count && !(nonZero && next.includes(0))) onChange(next);
        }}
        onBlur={() => (wrong ? undefined : setDraft(null))}
      />
    </Field>
  );
}

/** Numbers out of "0.1, 0.2"; empty where a part is none. */
export function parseNumbers(text: string): number[] {
  const parts = text.split(/[,;\s]+/).filter((part) => part !== "");
  const numbers = parts.map(Number);
  return numbers.every(Number.isFinite) ? numbers : [];
}

function resize(values: readonly number[], count: number, fill: number): number[] {
  return Array.from({ length: count }, (_, index) => values[index] ?? values[0] ?? fill);
}
