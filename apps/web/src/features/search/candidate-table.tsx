"use client";
import type { SearchCandidate, SearchFindings } from "@flotilla/contracts";
import type { ModelVersionView, SearchView } from "@flotilla/contracts/views";
import { Card, StateChip, Table, Td, Th, Tr, useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { DownloadButtons } from "../shell/download-buttons.tsx";
import { MakeVariant } from "./make-variant.tsx";
import { CANDIDATE_HEADER, candidateRows } from "./search-rows.ts";
import { useFailureText } from "./use-failure-text.ts";
import { useRecipeText } from "./use-recipe-text.ts";

export interface CandidateTableProps {
  search: SearchView;
  findings: SearchFindings;
  version: ModelVersionView;
  selected: number | null;
  onSelect: (index: number) => void;
}

/** Every candidate in the order in which it was tried, with its numbers or why it has none; each can be made a variant. */
export function CandidateTable({ search, findings, version, selected, onSelect }: CandidateTableProps) {
  const t = useTranslations("search.table");
  const { candidates, verdict, metric } = findings;
  const recommended = verdict === null || verdict.outcome === "nothing" ? null : verdict.candidate;
  return (
    <Card
      flush
      title={t("title")}
      aside={
        <DownloadButtons
          label={t("title")}
          fileName={`${version.modelName}-${version.version}-candidates`}
          header={CANDIDATE_HEADER}
          rows={() => candidateRows(findings)}
          json={() => ({
            goal: search.goal,
            machine: findings.machine,
            measuredOnTarget: search.measuredOnTarget,
            metric,
            source: findings.source,
            candidates,
            verdict,
          })}
        />
      }
    >
      <div className="max-h-[560px] overflow-y-auto">
        <Table label={t("title")}>
          <thead>
            <tr>
              <Th>{t("number")}</Th>
              <Th>{t("candidate")}</Th>
              <Th numeric>{t("size")}</Th>
              <Th numeric>{t("latency")}</Th>
              <Th numeric>{t(`metrics.${metric}`)}</Th>
              <Th>{t("goal")}</Th>
              <Th>
                <span className="sr-only">{t("actions")}</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {candidates.map((candidate, index) => (
              <Row
                key={candidate.name}
                index={index}
                candidate={candidate}
                search={search}
                version={version}
                isRecommended={index === recommended}
                isSelected={index === selected}
                onSelect={() => onSelect(index)}
              />
            ))}
          </tbody>
        </Table>
      </div>
    </Card>
  );
}

interface RowProps {
  index: number;
  candidate: SearchCandidate;
  search: SearchView;
  version: ModelVersionView;
  isRecommended: boolean;
  isSelected: boolean;
  onSelect: () => void;
}

function Row({ index, candidate, search, version, isRecommended, isSelected, onSelect }: RowProps) {
  const t = useTranslations("search.table");
  const format = useFormat();
  const name = useRecipeText()(candidate.recipe);
  const sayFailure = useFailureText();
  const { measured } = candidate;
  return (
    <Tr selected={isSelected} data-candidate={index + 1} data-meets={candidate.meets}>
      <Td numeric>{index + 1}</Td>
      <Td className="min-w-36">
        <button type="button" aria-pressed={isSelected} onClick={onSelect} className="min-h-6 text-left hover:underline">
          {name}
          {isRecommended ? <span className="ml-1 text-accent text-xs">{t("recommended")}</span> : null}
        </button>
      </Td>
      {measured === null ? (
        <Td colSpan={4} className="text-muted">
          {t("failed", { sentence: sayFailure(candidate) })}
        </Td>
      ) : (
        <>
          <Td numeric>{format.bytes(measured.sizeBytes)}</Td>
          <Td numeric>
            {measured.latencyMs === null ? "–" : format.ms(measured.latencyMs)}
            {measured.speedup === null ? null : (
              <span className="block text-muted text-xs">{t("speedup", { times: format.number(measured.speedup, 2) })}</span>
            )}
          </Td>
          <Td numeric>
            {format.percent(measured.score, 2)}
            {measured.sqnrDb === null ? null : <span className="block text-muted text-xs">{format.number(measured.sqnrDb)} dB</span>}
          </Td>
          <Td>
            <StateChip kind={candidate.meets ? "ok" : "off"}>{t(candidate.meets ? "meets" : "misses")}</StateChip>
          </Td>
        </>
      )}
      <Td>{measured === null ? null : <MakeVariant candidate={candidate} name={name} search={search} version={version} />}</Td>
    </Tr>
  );
}
