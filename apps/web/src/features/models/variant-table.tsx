"use client";
import { StateChip, Table, Td, Th, Tr, useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useGateText } from "./use-gate-text.ts";
import type { VariantNumbers } from "./variant-numbers.ts";

export interface VariantTableProps {
  numbers: readonly VariantNumbers[];
  recommendedId: string | null;
  selectedId: string | null;
  onSelect: (id: string) => void;
}

/** The plot as numbers, with the gates' verdicts. */
export function VariantTable({ numbers, recommendedId, selectedId, onSelect }: VariantTableProps) {
  const t = useTranslations("models.variantTable");
  const tFormats = useTranslations("models.variantFormats");
  const format = useFormat();
  const sayGate = useGateText();
  const orDash = (value: number | null, say: (value: number) => string) => (value === null ? "–" : say(value));
  return (
    <Table label={t("label")}>
      <thead>
        <tr>
          <Th>{t("variant")}</Th>
          <Th>{t("format")}</Th>
          <Th numeric>{t("size")}</Th>
          <Th numeric>{t("p50")}</Th>
          <Th numeric>{t("accuracy")}</Th>
          <Th numeric>{t("agreement")}</Th>
          <Th>{t("gates")}</Th>
        </tr>
      </thead>
      <tbody>
        {numbers.map((item) => (
          <Tr key={item.variant.id} selected={item.variant.id === selectedId} data-variant={item.variant.name}>
            <Td className="min-w-32">
              <button
                type="button"
                aria-pressed={item.variant.id === selectedId}
                onClick={() => onSelect(item.variant.id)}
                className="min-h-6 text-left hover:underline"
              >
                {item.variant.name}
                {item.variant.id === recommendedId ? <span className="ml-1 text-accent text-xs">{t("recommended")}</span> : null}
              </button>
            </Td>
            <Td data-column="format">{tFormats(item.variant.format)}</Td>
            <Td numeric>{format.bytes(item.sizeBytes)}</Td>
            <Td numeric>{orDash(item.latencyP50Ms, format.ms)}</Td>
            <Td numeric data-column="accuracy">
              {orDash(item.accuracy, (value) => format.percent(value, 2))}
            </Td>
            <Td numeric>{orDash(item.agreement, (value) => format.percent(value, 2))}</Td>
            <Td>
              {item.gatesPassed === null ? (
                <span className="text-muted">–</span>
              ) : (
                <StateChip kind={item.gatesPassed ? "ok" : "bad"} title={item.variant.gates.map(sayGate).join("\n")}>
                  {t(item.gatesPassed ? "hold" : "fail")}
                </StateChip>
              )}
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
