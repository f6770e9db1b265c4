"use client";
import type { MappedOperator } from "@flotilla/contracts/targets";
import { StateChip, Table, Td, Th, Tr, useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useOperatorText } from "./use-operator-text.ts";

/** Every operator with where it runs, why, and what would move it. */
export function OperatorTable({ operators }: { operators: readonly MappedOperator[] }) {
  const t = useTranslations("targets.edgeTpu");
  const format = useFormat();
  const text = useOperatorText();
  return (
    <div>
      <h3 className="mb-1 font-semibold text-sm">{t("operators")}</h3>
      <div className="-mx-4 max-h-[420px] overflow-y-auto border-t">
        <Table label={t("operators")}>
          <thead>
            <tr>
              <Th numeric>{t("index")}</Th>
              <Th>{t("operator")}</Th>
              <Th>{t("runsOn")}</Th>
              <Th className="min-w-56">{t("why")}</Th>
              <Th>{t("tensor")}</Th>
            </tr>
          </thead>
          <tbody>
            {operators.map(({ index, kind, label, target, reason, advice, dependsOnSize }) => (
              <Tr key={index} data-operator={kind} data-runs-on={target}>
                <Td numeric>{format.number(index + 1)}</Td>
                <Td className="font-mono text-xs">{kind}</Td>
                <Td>
                  <StateChip kind={target === "tpu" ? "ok" : "warn"}>{t(target)}</StateChip>
                </Td>
                <Td className="text-muted">
                  {reason === null ? null : text.reason(reason)} {advice === null ? null : text.advice(advice)}
                  {dependsOnSize ? t("dependsOnSize") : null}
                </Td>
                <Td className="max-w-72 truncate font-mono text-xs" title={label}>
                  {label}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      </div>
    </div>
  );
}
