"use client";
import type { Inspection } from "@flotilla/contracts";
import { Chip, Facts, Notice, StateChip, useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { describeOpsets, describeTensor } from "./describe-tensor.ts";

/** What the file is: format, opset, inputs, outputs, operators, size, memory. */
export function VerdictCard({ inspection }: { inspection: Inspection }) {
  const t = useTranslations("uploads.verdict");
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <StateChip kind="ok">{t("fine")}</StateChip>
        <Chip>{t(`formats.${inspection.format}`)}</Chip>
        {inspection.producer === undefined || inspection.producer === "" ? null : <Chip>{inspection.producer}</Chip>}
      </div>
      <InspectionFacts inspection={inspection} />
      {inspection.notes.map((note) => (
        <Notice key={note} kind="warn">
          {note}
        </Notice>
      ))}
    </div>
  );
}

const OPERATORS_SHOWN = 12;

/** The same facts as a list, for the card of a version. */
export function InspectionFacts({ inspection }: { inspection: Inspection }) {
  const t = useTranslations("uploads.verdict");
  const format = useFormat();
  const operators = Object.entries(inspection.operators).sort(([, left], [, right]) => right - left);
  const tensors = (list: Inspection["inputs"]) => (
    <ul className="font-mono text-xs leading-5">
      {list.map((tensor) => (
        <li key={tensor.name}>{describeTensor(tensor)}</li>
      ))}
    </ul>
  );
  return (
    <Facts
      items={[
        { label: t("opset"), value: describeOpsets(inspection.opsets) },
        { label: t("inputs"), value: tensors(inspection.inputs) },
        { label: t("outputs"), value: tensors(inspection.outputs) },
        {
          label: t("operators"),
          value: (
            <span>
              {operators
                .slice(0, OPERATORS_SHOWN)
                .map(([name, count]) => `${name} × ${format.number(count)}`)
                .join(", ")}
              {operators.length > OPERATORS_SHOWN ? ` ${t("moreOperators", { count: operators.length - OPERATORS_SHOWN })}` : ""}
            </span>
          ),
        },
        { label: t("nodes"), value: format.number(inspection.nodeCount) },
        { label: t("parameters"), value: format.number(inspection.parameterCount) },
        {
          label: t("size"),
          value: t("sizeOf", { size: format.bytes(inspection.sizeBytes), weights: format.bytes(inspection.weightBytes) }),
        },
        {
          label: t("memory"),
          value:
            inspection.memoryEstimateBytes === null
              ? t("memoryUnknown")
              : t("memoryEstimate", { size: format.bytes(inspection.memoryEstimateBytes) }),
        },
      ]}
    />
  );
}
