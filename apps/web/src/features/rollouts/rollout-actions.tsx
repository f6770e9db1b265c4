"use client";
import type { RolloutState } from "@flotilla/contracts";
import type { RolloutView } from "@flotilla/contracts/views";
import { Button, ConfirmDialog, RadioGroup } from "@flotilla/ui";
import type { DotKind } from "@flotilla/ui/charts";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { useSession } from "../shell/session.tsx";
import { RevertPlan } from "./revert-plan.tsx";
import { countDevices, countDots } from "./rollout-states.ts";

type Action = "start" | "pause" | "resume" | "promote" | "retry" | "halt" | "cancel" | "revert";

/** The order of the buttons. */
const order: Action[] = ["cancel", "pause", "retry", "resume", "halt", "promote", "start", "revert"];
/** What a person most likely wants in a state; while all goes well, nothing. */
const mainAction: Partial<Record<RolloutState, Action>> = { DRAFT: "start", PAUSED: "resume", HALTED: "revert" };
const dangerous = new Set<Action>(["halt", "cancel", "revert"]);

/** Buttons by what the server offers now. Each says its reach before it is confirmed, waits for the server, and shows the server's truth. */
export function RolloutActions({ rollout }: { rollout: RolloutView }) {
  const t = useTranslations("rollouts.actions");
  const [open, setOpen] = useState<Action | null>(null);
  const [mode, setMode] = useState<"keep" | "revert">("keep");
  const run = useAction(rollout.id, mode);
  // `can` says what the rollout's state allows; who looks may still not be somebody who may.
  const session = useSession();
  const offered = session.can("rollout:write") ? order.filter((action) => rollout.can[action]) : [];
  const main = mainAction[rollout.state];
  const numbers = reachOf(rollout);
  return (
    <>
      {offered.map((action) => (
        <Button
          key={action}
          variant={action === main ? "primary" : dangerous.has(action) ? "danger-outline" : "default"}
          onClick={() => setOpen(action)}
          data-action={action}
        >
          {t(`${action}.button`, numbers)}
        </Button>
      ))}
      {open === null ? null : (
        <ConfirmDialog
          open
          onOpenChange={(next) => setOpen(next ? open : null)}
          title={t(`${open}.title`, { name: rollout.name })}
          reach={t(`${open}.reach`, numbers)}
          confirmLabel={t(`${open}.confirm`, numbers)}
          danger={dangerous.has(open)}
          onConfirm={() => run(open)}
        >
          {open === "cancel" ? (
            <RadioGroup
              label={t("cancel.mode")}
              value={mode}
              onValueChange={setMode}
              options={[
                { value: "keep", label: t("cancel.keep"), hint: t("cancel.keepHint", numbers) },
                { value: "revert", label: t("cancel.revert"), hint: t("cancel.revertHint", numbers) },
              ]}
            />
          ) : null}
          {open === "revert" ? <RevertPlan rollout={rollout} /> : null}
        </ConfirmDialog>
      )}
    </>
  );
}

/** The numbers that the sentences need: who would be touched. */
function reachOf(rollout: RolloutView) {
  const next = rollout.stages.find((stage) => stage.state === "WAITING");
  const kinds = new Map(countDots(rollout.counts));
  const of = (kind: DotKind) => kinds.get(kind) ?? 0;
  return {
    devices: countDevices(rollout.counts),
    nextStage: next?.spec.name ?? rollout.stages.at(-1)?.spec.name ?? "",
    nextCount: next?.deviceCount ?? 0,
    firstCount: rollout.stages[0]?.deviceCount ?? 0,
    running: of("ok"),
    busy: of("busy"),
    waiting: of("waiting") + of("offline"),
    failed: of("bad"),
    revertCount: rollout.revertReach.deviceCount,
    withoutDownload: rollout.revertReach.withoutDownload,
    withDownload: rollout.revertReach.deviceCount - rollout.revertReach.withoutDownload,
  };
}

function useAction(id: string, mode: "keep" | "revert"): (action: Action) => Promise<unknown> {
  const trpc = useTRPC();
  const client = useQueryClient();
  const onSettled = async () => {
    await Promise.all([
      client.invalidateQueries(trpc.rollouts.get.queryFilter({ id })),
      client.invalidateQueries(trpc.rollouts.devices.pathFilter()),
      client.invalidateQueries(trpc.rollouts.dots.queryFilter({ id })),
      client.invalidateQueries(trpc.rollouts.list.pathFilter()),
    ]);
  };
  const start = useMutation(trpc.rollouts.start.mutationOptions({ onSettled }));
  const pause = useMutation(trpc.rollouts.pause.mutationOptions({ onSettled }));
  const resume = useMutation(trpc.rollouts.resume.mutationOptions({ onSettled }));
  const promote = useMutation(trpc.rollouts.promote.mutationOptions({ onSettled }));
  const retry = useMutation(trpc.rollouts.retry.mutationOptions({ onSettled }));
  const halt = useMutation(trpc.rollouts.halt.mutationOptions({ onSettled }));
  const revert = useMutation(trpc.rollouts.revert.mutationOptions({ onSettled }));
  const cancel = useMutation(trpc.rollouts.cancel.mutationOptions({ onSettled }));
  const simple = { start, pause, resume, promote, retry, halt, revert };
  return (action) => (action === "cancel" ? cancel.mutateAsync({ id, mode }) : simple[action].mutateAsync({ id }));
}
