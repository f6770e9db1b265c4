"use client";
import type { PlacementReport, SaturationReport } from "@flotilla/contracts";
import { Card, Notice, Table, Td, Th, Tr, useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";

/** Which kernels the runtime chose: what runs on integers, what stayed in float and why, and where the time goes. */
export function PlacementCard({ placement }: { placement: PlacementReport }) {
  const t = useTranslations("models.validation.placement");
  const format = useFormat();
  return (
    <Card flush title={t("title")}>
      <p className="px-4 pt-3 text-muted">
        {t("summary", {
          integer: placement.integerNodes,
          quantised: placement.quantisedNodes,
          time: format.percent(placement.integerTimeShare),
          conversions: format.percent(placement.conversionTimeShare),
        })}
      </p>
      <div className="max-h-[320px] overflow-y-auto">
        <Table label={t("title")}>
          <thead>
            <tr>
              <Th>{t("node")}</Th>
              <Th>{t("operator")}</Th>
              <Th>{t("runsOn")}</Th>
              <Th numeric>{t("time")}</Th>
            </tr>
          </thead>
          <tbody>
            {placement.inFloat.map((row) => (
              <Tr key={`float ${row.node}`}>
                <Td className="font-mono text-xs">{row.node}</Td>
                <Td>{row.operator}</Td>
                <Td>{t(`reasons.${row.reason}`)}</Td>
                <Td numeric>{format.number(row.meanUs, 1)}</Td>
              </Tr>
            ))}
            {placement.slowest
              .filter((row) => !placement.inFloat.some(({ node }) => node === row.node))
              .slice(0, 10)
              .map((row) => (
                <Tr key={`${row.node} ${row.operator}`}>
                  <Td className="font-mono text-xs">{row.node}</Td>
                  <Td>{row.operator}</Td>
                  <Td>{t(row.integer ? "integer" : "float")}</Td>
                  <Td numeric>{format.number(row.meanUs, 1)}</Td>
                </Tr>
              ))}
          </tbody>
        </Table>
      </div>
    </Card>
  );
}

/** Optimised against unoptimised: the only way to see saturation before a device does. */
export function SaturationNotice({ saturation, machine }: { saturation: SaturationReport; machine: string }) {
  const t = useTranslations("models.validation.saturation");
  const format = useFormat();
  const { sameClass, maxAbsDifference, layersAtRisk, sampleCount } = saturation;
  const differs = (sameClass !== null && sameClass < 1) || maxAbsDifference > NOTICEABLE;
  if (!differs && layersAtRisk === 0) return null;
  const numbers = {
    machine,
    samples: sampleCount,
    same: sameClass === null ? "–" : format.percent(sameClass, 1),
    largest: format.number(maxAbsDifference, 4),
  };
  return (
    <Notice kind="warn">
      {differs ? t("differs", numbers) : t("same", numbers)} {layersAtRisk > 0 ? t("atRisk", { count: layersAtRisk }) : t("notAtRisk")}
    </Notice>
  );
}

/** Rounding alone moves a probability by less than this. */
const NOTICEABLE = 0.05;
