"use client";
import type { ValidationReport } from "@flotilla/contracts";
import { Card, useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { SamplePicture } from "./sample-picture.tsx";
import { useReportDataSet } from "./use-report-data-set.ts";

export interface SamplePairsProps {
  report: ValidationReport;
  name: (index: number) => string;
  modelVersionId: string;
  variantId: string;
}

type Pair = NonNullable<ValidationReport["pairs"]>[number];

/** The samples on which the outputs differ most, with the answer of the original beside that of the variant. */
export function SamplePairs({ report, name, modelVersionId, variantId }: SamplePairsProps) {
  const t = useTranslations("models.validation.pairs");
  const dataSetId = useReportDataSet(modelVersionId, variantId);
  const { pairs } = report;
  return (
    <Card title={t("title")} aside={pairs === undefined || pairs.length === 0 ? undefined : t("aside", { count: pairs.length })}>
      {pairs === undefined || pairs.length === 0 ? (
        <p className="text-muted">{t(pairs === undefined ? "old" : "same")}</p>
      ) : (
        <ul className="grid list-none grid-cols-[repeat(auto-fill,minmax(150px,1fr))] gap-3 p-0">
          {pairs.map((pair) => (
            <li key={pair.sample} className="min-w-0 rounded-md border p-2 text-xs">
              <SamplePicture dataSetId={dataSetId} sample={pair.sample} alt={t("alt", { sample: pair.sample })} />
              <PairText pair={pair} name={name} classes={report.agreement !== null} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function PairText({ pair, name, classes }: { pair: Pair; name: (index: number) => string; classes: boolean }) {
  const t = useTranslations("models.validation.pairs");
  const format = useFormat();
  const small = (value: number) => (value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(1) : format.number(value, 4));
  const isShare = (value: number | null) => value !== null && value >= 0 && value <= 1;
  // Scores are shares only where both are: logits are not.
  const say = (value: number | null) =>
    value === null
      ? t("none")
      : classes && isShare(pair.source.value) && isShare(pair.variant.value)
        ? format.percent(value, 2)
        : small(value);
  const rows = [
    { label: t("source"), answer: pair.source },
    { label: t("variant"), answer: pair.variant },
  ];
  return (
    <>
      <div className="text-muted">
        {t("sample", { sample: pair.sample })}
        {pair.label === null ? "" : ` · ${t("label", { name: name(pair.label) })}`}
      </div>
      <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-2">
        {rows.map(({ label, answer }) => (
          <div key={label} className="contents">
            <dt className="text-muted">{label}</dt>
            <dd className="min-w-0 truncate text-right tabular-nums">
              {classes ? <b className="font-semibold">{name(answer.index)}</b> : t("value", { index: answer.index })} {say(answer.value)}
            </dd>
          </div>
        ))}
      </dl>
      <div className="mt-1 text-right text-muted">{t("difference", { value: small(pair.maxAbsError) })}</div>
    </>
  );
}
