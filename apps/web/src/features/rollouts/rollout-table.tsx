"use client";
import type { RolloutListItem } from "@flotilla/contracts/views";
import { AppLink, Card, RelativeTime, StateChip, Table, Td, Th, Tr, useFormat } from "@flotilla/ui";
import { StageTrack } from "@flotilla/ui/charts";
import { useTranslations } from "next-intl";
import { rolloutKind, stageKind } from "./rollout-states.ts";
import { useRemainingText } from "./use-remaining-text.ts";
import { useSentence } from "./use-sentence.ts";

/** Rollouts with a bar a stage, how far, how long still, and why. On a phone each is one cell, with all of it below each other. */
export function RolloutTable({ items }: { items: readonly RolloutListItem[] }) {
  const t = useTranslations("rollouts.list");
  return (
    <Card flush>
      <Table label={t("title")}>
        <thead className="max-sm:sr-only">
          <tr>
            <Th>{t("columns.name")}</Th>
            <Th>{t("columns.state")}</Th>
            <Th className="w-64">{t("columns.stages")}</Th>
            <Th numeric>{t("columns.devices")}</Th>
            <Th>{t("columns.started")}</Th>
            <Th className="w-[32%]">{t("columns.why")}</Th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <RolloutRow key={item.id} item={item} />
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

function RolloutRow({ item }: { item: RolloutListItem }) {
  const sentence = useSentence();
  const why = item.why === null ? "" : sentence(item.why);
  return (
    <Tr>
      <Td className="min-w-48 max-sm:py-3 max-sm:pr-4">
        <div className="flex items-start justify-between gap-3">
          <AppLink href={`/rollouts/${item.id}`} className="font-semibold hover:underline">
            {item.name}
          </AppLink>
          <span className="sm:hidden">
            <State item={item} />
          </span>
        </div>
        <div className="text-muted text-xs">
          {item.releaseName} → {item.groupName}
        </div>
        <div className="mt-2 flex flex-col gap-1 sm:hidden">
          <Stages item={item} />
          <div className="flex justify-between gap-3 text-xs">
            <Devices item={item} />
            <Times item={item} />
          </div>
          {why !== "" && <p className="text-muted">{why}</p>}
        </div>
      </Td>
      <Td className="max-sm:hidden">
        <State item={item} />
      </Td>
      <Td className="min-w-40 max-sm:hidden">
        <Stages item={item} />
      </Td>
      <Td numeric className="max-sm:hidden">
        <Devices item={item} />
      </Td>
      <Td className="whitespace-nowrap max-sm:hidden">
        <Times item={item} />
      </Td>
      <Td className="min-w-56 text-muted max-sm:hidden">{why}</Td>
    </Tr>
  );
}

interface PartProps {
  item: RolloutListItem;
}

function State({ item }: PartProps) {
  const t = useTranslations("rollouts.states");
  return <StateChip kind={rolloutKind[item.state]}>{t(item.state)}</StateChip>;
}

function Stages({ item }: PartProps) {
  const t = useTranslations("rollouts.list");
  return (
    <StageTrack
      compact
      label={t("columns.stages")}
      stages={item.stages.map((stage, index) => ({
        id: String(index),
        name: stage.name,
        count: t("stageCount", { done: stage.succeeded, total: stage.total }),
        state: t(`stageStates.${stage.state}`),
        tone: stageKind[stage.state],
        succeeded: stage.succeeded,
        failed: stage.failed,
        busy: 0,
        total: stage.total,
      }))}
    />
  );
}

/** A draft has chosen no device yet: nothing of nothing would look like a result. */
function Devices({ item }: PartProps) {
  const t = useTranslations("rollouts.list");
  const format = useFormat();
  if (item.startedAt === null) return <span className="text-muted">–</span>;
  return (
    <>
      {t("progress", { succeeded: format.number(item.succeededCount), total: format.number(item.deviceCount) })}
      {item.failedCount > 0 ? <div className="text-bad text-xs">{t("failed", { count: item.failedCount })}</div> : null}
    </>
  );
}

function Times({ item }: PartProps) {
  const t = useTranslations("rollouts.list");
  const remaining = useRemainingText();
  if (item.startedAt === null) return <span className="text-muted">{t("notStarted")}</span>;
  return (
    <span className="text-muted max-sm:text-right">
      <RelativeTime at={item.startedAt} />
      {item.remaining !== null && <span className="block text-text text-xs">{remaining(item.remaining)}</span>}
    </span>
  );
}
