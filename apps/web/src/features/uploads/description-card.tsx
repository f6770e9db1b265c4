"use client";
import type { ModelDescription } from "@flotilla/contracts";
import { Chip, Facts, useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { describeTensor } from "./describe-tensor.ts";

/** What a model in another format holds: said before it is converted. */
export function DescriptionCard({ description }: { description: ModelDescription }) {
  const t = useTranslations("uploads.verdict.formats");
  const { format, framework, frameworkVersion } = description;
  return (
    <div className="flex flex-col gap-3" data-description={format}>
      <div className="flex flex-wrap items-center gap-2">
        <Chip>{t(format)}</Chip>
        <Chip>{frameworkVersion === null ? framework : `${framework} ${frameworkVersion}`}</Chip>
      </div>
      <DescriptionFacts description={description} />
    </div>
  );
}

const KINDS_SHOWN = 16;

function DescriptionFacts({ description }: { description: ModelDescription }) {
  const t = useTranslations("uploads.description");
  const format = useFormat();
  const { parts, partsAre, inputs, outputs } = description;
  const say = (list: ModelDescription["parts"]) => {
    const named = list.slice(0, KINDS_SHOWN).map(({ kind, count }) => `${kind} × ${format.number(count)}`);
    return [...named, ...(list.length > KINDS_SHOWN ? [t("more", { count: list.length - KINDS_SHOWN })] : [])].join(", ");
  };
  const missing = parts.filter(({ converts }) => !converts);
  const lines = (list: readonly string[]) => (
    <ul className="font-mono text-xs leading-5">
      {list.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
  return (
    <Facts
      items={[
        { label: t(`${partsAre}Convert`), value: say(parts.filter(({ converts }) => converts)) || "–" },
        ...(missing.length === 0 ? [] : [{ label: t(`${partsAre}Missing`), value: say(missing) }]),
        { label: t("inputs"), value: lines(inputs.map(describeTensor)) },
        { label: t("outputs"), value: lines(outputs) },
      ]}
    />
  );
}
