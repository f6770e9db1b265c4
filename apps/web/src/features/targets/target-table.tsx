"use client";
import type { VariantFormat } from "@flotilla/contracts";
import { TARGET_PROFILES } from "@flotilla/contracts/profiles";
import type { TargetReport } from "@flotilla/contracts/targets";
import type { MeasuredOnTarget } from "@flotilla/contracts/views";
import { judgeReport, type TargetJudgement } from "@flotilla/domain";
import { Card, StateChip, type StateKind, Table, Td, Th, Tr, useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useProfileText } from "../search/use-profile-text.ts";
import { useRemarkText } from "./use-remark-text.ts";

const KINDS: Record<TargetJudgement["verdict"], StateKind> = { runs: "ok", newer: "warn", partly: "warn", convert: "off", no: "bad" };

export interface TargetTableProps {
  report: TargetReport;
  formats: readonly VariantFormat[];
  measured: readonly MeasuredOnTarget[];
}

/** Which kinds of device can run the variant, whether that is estimated or measured, and what is in the way of the others. */
export function TargetTable({ report, formats, measured }: TargetTableProps) {
  const t = useTranslations("targets");
  const profileText = useProfileText();
  const say = useRemarkText();
  return (
    <Card flush title={t("title")}>
      <p className="max-w-[80ch] px-4 pb-2 text-muted">{t("intro")}</p>
      <Table label={t("title")}>
        <thead>
          <tr>
            <Th>{t("profile")}</Th>
            <Th>{t("verdict")}</Th>
            <Th>{t("basis")}</Th>
            <Th className="min-w-56">{t("why")}</Th>
          </tr>
        </thead>
        <tbody>
          {TARGET_PROFILES.map((profile) => {
            const { verdict, remarks } = judgeReport(report, profile, formats);
            const found = measured.find(({ profileId }) => profileId === profile.id);
            // What a device has proved is not up for an estimate.
            const shown = found === undefined ? verdict : "runs";
            return (
              <Tr key={profile.id} data-target={profile.id} data-verdict={shown}>
                <Td className="min-w-40">
                  <span title={profileText.description(profile.id)}>{profileText.name(profile.id)}</span>
                </Td>
                <Td>
                  <StateChip kind={KINDS[shown]}>{t(`verdicts.${shown}`)}</StateChip>
                </Td>
                <Td className="min-w-36">{found === undefined ? t("estimated") : <Measured found={found} />}</Td>
                <Td className="text-muted">{remarks.length === 0 ? t("nothingInTheWay") : say(remarks)}</Td>
              </Tr>
            );
          })}
        </tbody>
      </Table>
    </Card>
  );
}

function Measured({ found: { deviceCount, latencyP50Ms, memoryBytes } }: { found: MeasuredOnTarget }) {
  const t = useTranslations("targets");
  const format = useFormat();
  const numbers = [
    ...(latencyP50Ms === null ? [] : [t("measuredLatency", { latency: format.ms(latencyP50Ms) })]),
    ...(memoryBytes === null ? [] : [t("measuredMemory", { memory: format.bytes(memoryBytes) })]),
  ];
  return (
    <>
      {t("measured", { count: deviceCount })}
      {numbers.length === 0 ? null : <div className="text-muted text-xs">{numbers.join(", ")}</div>}
    </>
  );
}
