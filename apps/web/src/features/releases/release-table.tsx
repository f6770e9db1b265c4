"use client";
import type { ReleaseState } from "@flotilla/contracts";
import type { ReleaseListItem } from "@flotilla/contracts/views";
import {
  AppLink,
  Button,
  Card,
  ConfirmDialog,
  EmptyState,
  LinkButton,
  RelativeTime,
  StateChip,
  type StateKind,
  Table,
  Td,
  Th,
  Tr,
  useFormat,
} from "@flotilla/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Package } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { useSession } from "../shell/session.tsx";
import { useReasonText } from "../shell/use-reason-text.ts";
import { InvalidateDialog } from "./invalidate-dialog.tsx";

const kinds: Record<ReleaseState, StateKind> = { BUILDING: "busy", READY: "ok", FAILED: "bad", WITHDRAWN: "off", INVALIDATED: "bad" };

/** Releases with their state, where they run, and the way to a rollout. */
export function ReleaseTable({
  releases,
  emptyHint,
  withModel = false,
}: {
  releases: readonly ReleaseListItem[];
  emptyHint: string;
  withModel?: boolean;
}) {
  const t = useTranslations("releases.table");
  const [withdrawing, setWithdrawing] = useState<ReleaseListItem | null>(null);
  const [marking, setMarking] = useState<ReleaseListItem | null>(null);
  if (releases.length === 0) {
    return (
      <EmptyState
        title={t("empty")}
        icon={<Package size={24} />}
        action={
          withModel ? (
            <LinkButton href="/models" variant="primary">
              {t("toModels")}
            </LinkButton>
          ) : undefined
        }
      >
        {emptyHint}
      </EmptyState>
    );
  }
  return (
    <Card flush>
      <Table label={t("label")}>
        <thead>
          <tr>
            <Th>{t("release")}</Th>
            <Th>{t("state")}</Th>
            <Th className="max-sm:hidden">{t("variants")}</Th>
            <Th numeric className="max-sm:hidden">
              {t("size")}
            </Th>
            <Th numeric className="max-sm:hidden">
              {t("runsOn")}
            </Th>
            <Th className="max-sm:hidden">{t("created")}</Th>
            <Th>
              <span className="sr-only">{t("actions")}</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {releases.map((release) => (
            <ReleaseRow
              key={release.id}
              release={release}
              withModel={withModel}
              onWithdraw={() => setWithdrawing(release)}
              onMark={() => setMarking(release)}
            />
          ))}
        </tbody>
      </Table>
      {withdrawing === null ? null : <WithdrawDialog release={withdrawing} onClose={() => setWithdrawing(null)} />}
      {marking === null ? null : <InvalidateDialog release={marking} onClose={() => setMarking(null)} />}
    </Card>
  );
}

interface ReleaseRowProps {
  release: ReleaseListItem;
  withModel: boolean;
  onWithdraw: () => void;
  onMark: () => void;
}

function ReleaseRow({ release, withModel, onWithdraw, onMark }: ReleaseRowProps) {
  const t = useTranslations("releases.table");
  const say = useReasonText();
  const format = useFormat();
  const session = useSession();
  return (
    <Tr data-release={release.id} data-state={release.state}>
      <Td className="min-w-36 sm:min-w-48">
        <span className="font-semibold">{release.name}</span>
        <div className="text-muted text-xs">
          {withModel ? (
            <>
              <AppLink href={`/models/${release.modelId}/versions/${release.modelVersionId}`} className="text-link">
                {release.modelName} {release.version}
              </AppLink>
              {" · "}
            </>
          ) : null}
          {t("counter", { counter: release.counter })}
          {release.gatesPassed ? "" : ` · ${t("gateFailed")}`}
          <span className="block sm:hidden">
            {format.bytes(release.sizeBytes)} · {t("devices", { count: release.runsOn })}
          </span>
        </div>
        {release.error === null ? null : <div className="text-bad text-xs">{say(release.error)}</div>}
        {release.invalidated === null ? null : <Invalidated invalidated={release.invalidated} />}
      </Td>
      <Td>
        <StateChip kind={kinds[release.state]}>{t(`states.${release.state}`)}</StateChip>
      </Td>
      <Td className="text-muted max-sm:hidden">{format.list(release.variantNames)}</Td>
      <Td numeric className="max-sm:hidden">
        {format.bytes(release.sizeBytes)}
      </Td>
      <Td numeric className="max-sm:hidden">
        {t("devices", { count: release.runsOn })}
      </Td>
      <Td className="whitespace-nowrap text-muted max-sm:hidden">
        <RelativeTime at={release.createdAt} /> · {release.createdBy}
      </Td>
      <Td className="whitespace-nowrap">
        <span className="flex justify-end gap-2 max-sm:flex-col max-sm:items-end">
          {release.state === "READY" && session.can("rollout:write") ? (
            <LinkButton size="sm" href={`/rollouts/new?release=${release.id}`} aria-label={t("rollOutNamed", { name: release.name })}>
              {t("rollOut")}
            </LinkButton>
          ) : null}
          {release.state === "READY" && session.can("release:write") ? (
            <Button size="sm" variant="ghost" onClick={onWithdraw} aria-label={t("withdrawNamed", { name: release.name })}>
              {t("withdraw")}
            </Button>
          ) : null}
          {(release.state === "READY" || release.state === "WITHDRAWN") && session.can("rollout:write") ? (
            <Button size="sm" variant="ghost" onClick={onMark} aria-label={t("markNamed", { name: release.name })} data-action="invalidate">
              {t("mark")}
            </Button>
          ) : null}
        </span>
      </Td>
    </Tr>
  );
}

/** What is wrong with it, and the rollouts that can still be taken back. */
function Invalidated({ invalidated }: { invalidated: NonNullable<ReleaseListItem["invalidated"]> }) {
  const t = useTranslations("releases.table");
  return (
    <div className="text-xs" data-testid="invalidated">
      <span className="text-bad">{invalidated.reason}</span>{" "}
      <span className="text-muted">
        {invalidated.by} · <RelativeTime at={invalidated.at} />
      </span>
      {invalidated.rollouts.map(({ id, name }) => (
        <div key={id}>
          <AppLink href={`/rollouts/${id}`} className="text-link">
            {t("takeBack", { name })}
          </AppLink>
        </div>
      ))}
    </div>
  );
}

function WithdrawDialog({ release, onClose }: { release: ReleaseListItem; onClose: () => void }) {
  const t = useTranslations("releases.table");
  const trpc = useTRPC();
  const client = useQueryClient();
  const withdraw = useMutation(
    trpc.releases.withdraw.mutationOptions({
      onSettled: () =>
        Promise.all([client.invalidateQueries(trpc.releases.pathFilter()), client.invalidateQueries(trpc.models.version.pathFilter())]),
    }),
  );
  return (
    <ConfirmDialog
      open
      danger
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={t("withdrawTitle", { name: release.name })}
      reach={t("withdrawReach", { count: release.runsOn })}
      confirmLabel={t("withdraw")}
      onConfirm={() => withdraw.mutateAsync({ id: release.id })}
    />
  );
}
