"use client";
import type { RolloutView } from "@flotilla/contracts/views";
import { Button, ConfirmDialog, useFormat, useNow } from "@flotilla/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { useSession } from "../shell/session.tsx";
import { type StartDraft, toLocalInput, toStartAt } from "./start-at.ts";
import { HourField } from "./start-fields.tsx";

const HOUR_MS = 3_600_000;

/** Before the start: choose its hour or another one, or take it back. */
export function BeginButtons({ rollout }: { rollout: RolloutView }) {
  const t = useTranslations("rollouts.start");
  const session = useSession();
  const [open, setOpen] = useState<"schedule" | "toDraft" | null>(null);
  if (!session.can("rollout:write")) return null;
  const isScheduled = rollout.beginning.startAt !== null;
  const close = () => setOpen(null);
  return (
    <>
      {rollout.can.toDraft ? (
        <Button onClick={() => setOpen("toDraft")} data-action="toDraft">
          {t("toDraft")}
        </Button>
      ) : null}
      {rollout.can.schedule ? (
        <Button onClick={() => setOpen("schedule")} data-action="schedule">
          {t(isScheduled ? "reschedule" : "schedule")}
        </Button>
      ) : null}
      {open === "schedule" ? <ScheduleDialog rollout={rollout} onClose={close} /> : null}
      {open === "toDraft" ? <ToDraftDialog rollout={rollout} onClose={close} /> : null}
    </>
  );
}

function ScheduleDialog({ rollout, onClose }: { rollout: RolloutView; onClose: () => void }) {
  const t = useTranslations("rollouts.start");
  const { startAt, needsApproval, approvals } = rollout.beginning;
  const [start, setStart] = useState<StartDraft>(() => ({ mode: "at", local: toLocalInput(startAt ?? new Date(Date.now() + HOUR_MS)) }));
  const [tried, setTried] = useState(false);
  const begin = useBeginMutation(rollout.id);
  const chosen = toStartAt(start, useNow());
  const approved = approvals.some(({ verdict, current }) => verdict === "approved" && current);
  return (
    <ConfirmDialog
      open
      onOpenChange={(next) => (next ? undefined : onClose())}
      title={t("scheduleTitle", { name: rollout.name })}
      reach={t(approved ? "scheduleVoids" : needsApproval ? "scheduleAsks" : "scheduleReach")}
      confirmLabel={t("scheduleConfirm")}
      onConfirm={async () => {
        setTried(true);
        if (chosen === undefined || chosen === null) throw new Error(t("hourMissing"));
        await begin.mutateAsync({ id: rollout.id, startAt: chosen });
      }}
    >
      <HourField start={start} onChange={setStart} error={tried && chosen === undefined ? t("hourMissing") : null} />
    </ConfirmDialog>
  );
}

function ToDraftDialog({ rollout, onClose }: { rollout: RolloutView; onClose: () => void }) {
  const t = useTranslations("rollouts.start");
  const format = useFormat();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toDraft = useMutation(
    trpc.rollouts.toDraft.mutationOptions({ onSettled: () => client.invalidateQueries(trpc.rollouts.pathFilter()) }),
  );
  const { startAt } = rollout.beginning;
  return (
    <ConfirmDialog
      open
      onOpenChange={(next) => (next ? undefined : onClose())}
      title={t("toDraftTitle", { name: rollout.name })}
      reach={startAt === null ? t("toDraftAsked") : t("toDraftHour", { at: format.dateTime(startAt) })}
      confirmLabel={t("toDraftConfirm")}
      onConfirm={() => toDraft.mutateAsync({ id: rollout.id })}
    />
  );
}

function useBeginMutation(id: string) {
  const trpc = useTRPC();
  const client = useQueryClient();
  return useMutation(
    trpc.rollouts.start.mutationOptions({
      onSettled: () =>
        Promise.all([
          client.invalidateQueries(trpc.rollouts.get.queryFilter({ id })),
          client.invalidateQueries(trpc.rollouts.list.pathFilter()),
        ]),
    }),
  );
}
