"use client";
import type { Conversion, OutputCheck } from "@flotilla/contracts";
import { Facts, Notice, StateChip, Table, Td, Th, Tr, useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";

/** How an uploaded file became ONNX: what changed, how long it took, and how the result was proved, output by output. */
export function ConversionReport({ conversion }: { conversion: Conversion }) {
  const t = useTranslations("uploads.conversion");
  const tFormats = useTranslations("uploads.verdict.formats");
  const format = useFormat();
  const { check, framework, frameworkVersion, nodesBefore, nodesAfter, options } = conversion;
  const version = frameworkVersion === null ? framework : `${framework} ${frameworkVersion}`;
  return (
    <div className="flex flex-col gap-3" data-conversion={check.passed === null ? "unproved" : check.passed ? "proved" : "wrong"}>
      <Facts
        items={[
          { label: t("from"), value: `${tFormats(conversion.format)} · ${version}` },
          { label: t("nodes"), value: t("beforeAfter", { before: format.number(nodesBefore), after: format.number(nodesAfter) }) },
          { label: t("layout"), value: t(options.layout) },
          { label: t("time"), value: format.ms(conversion.seconds * 1000) },
          { label: t("reference"), value: t(`references.${check.reference}`, { samples: check.samples, file: check.file ?? "" }) },
        ]}
      />
      <Verdict conversion={conversion} />
      {check.outputs.length === 0 ? null : <Outputs outputs={check.outputs} />}
      {conversion.notes.map((note) => (
        <Notice key={note} kind="off">
          {note}
        </Notice>
      ))}
    </div>
  );
}

function Verdict({ conversion: { check } }: { conversion: Conversion }) {
  const t = useTranslations("uploads.conversion");
  if (check.passed === null)
    return (
      <Notice kind="warn" title={t("unproved.title")}>
        {t("unproved.text")} {check.why === null ? "" : t("unproved.why", { why: check.why })}
      </Notice>
    );
  if (check.passed)
    return (
      <div>
        <StateChip kind="ok">{t("proved")}</StateChip>
      </div>
    );
  return (
    <Notice kind="bad" title={t("wrong.title")}>
      {t(check.reference === "samples" ? "wrong.samples" : "wrong.text")}
    </Notice>
  );
}

function Outputs({ outputs }: { outputs: readonly OutputCheck[] }) {
  const t = useTranslations("uploads.conversion");
  const format = useFormat();
  return (
    <Table label={t("outputs")}>
      <thead>
        <tr>
          <Th>{t("output")}</Th>
          <Th numeric>{t("error")}</Th>
          <Th numeric>{t("tolerance")}</Th>
          <Th numeric>{t("largest")}</Th>
          <Th>{t("verdict")}</Th>
        </tr>
      </thead>
      <tbody>
        {outputs.map(({ name, maxAbsError, tolerance, largest, steps, passed }) => (
          <Tr key={name} data-output={name}>
            <Td className="min-w-28 break-all font-mono text-xs">{name}</Td>
            <Td numeric>
              {maxAbsError === null ? t("incomparable") : scientific(maxAbsError)}
              {steps === null ? null : (
                <div className="text-muted text-xs">
                  {t("steps", { steps: format.number(Math.round(steps.largest)), share: format.percent(steps.shareOverOne, 1) })}
                </div>
              )}
            </Td>
            <Td numeric>{scientific(tolerance)}</Td>
            <Td numeric>{scientific(largest)}</Td>
            <Td>
              <StateChip kind={passed ? "ok" : "bad"}>{t(passed ? "within" : "outside")}</StateChip>
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

/** Errors span many powers of ten: `3.1e-7`. */
function scientific(value: number): string {
  return value === 0 || (value >= 0.01 && value < 10_000) ? String(Number(value.toPrecision(3))) : value.toExponential(1);
}
