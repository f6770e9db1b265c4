"use client";
import type { RolloutView } from "@flotilla/contracts/views";
import { Button, Card, ConfirmDialog, Field, Notice, RelativeTime, StateIcon, Textarea } from "@flotilla/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { useStartText } from "./use-start-text.ts";

/** Who asked, who answered when, and for whom it waits. Nothing where no approval was ever asked for. */
export function RolloutApprovals({ rollout }: { rollout: RolloutView }) {
  const t = useTranslations("rollouts.approvals");
  const { beginning, state, can } = rollout;
  const isWaiting = state === "AWAITING_APPROVAL";
  const sayStart = useStartText();
  if (!isWaiting && beginning.approvals.length === 0) return null;
  return (
    <Card title={t("title")}>
      <div className="flex flex-col gap-3">
        {isWaiting ? (
          <Notice kind={can.answer ? "warn" : "off"} title={t(can.answer ? "yourTurn" : "waiting")}>
            <p>
              {t("asked", { person: beginning.requestedBy ?? "–" })}{" "}
              {beginning.requestedAt === null ? null : <RelativeTime at={beginning.requestedAt} />}
              {" · "}
              {sayStart(beginning)}
            </p>
            <p className="mt-1">
              {t(can.answer ? "howBound" : beginning.firstPerson ? "notYou" : beginning.needsApproval ? "notAllowed" : "noneNeeded")}
            </p>
            {can.answer ? <AnswerButtons rollout={rollout} /> : null}
          </Notice>
        ) : null}
        <ul className="flex flex-col gap-1.5">
          {beginning.approvals.map(({ id, at, person, verdict, reason, current }) => (
            <li key={id} className="flex items-start gap-2" data-verdict={verdict}>
              <StateIcon kind={verdict === "approved" ? "ok" : "bad"} className="mt-0.5" />
              <span className="min-w-0 break-words">
                {t(verdict, { person })}
                {reason === null ? "" : `: ${reason}`}
                <span className="text-muted">
                  {" · "}
                  <RelativeTime at={at} />
                  {current ? "" : ` · ${t("otherPlan")}`}
                </span>
              </span>
            </li>
          ))}
        </ul>
      </div>
    </Card>
  );
}

function AnswerButtons({ rollout }: { rollout: RolloutView }) {
  const t = useTranslations("rollouts.approvals");
  const [open, setOpen] = useState<"approve" | "reject" | null>(null);
  // What is approved is what was shown when the dialog opened, and not what a live page became meanwhile.
  const [planSha256, setPlan] = useState("");
  const ask = (which: "approve" | "reject") => {
    setPlan(rollout.beginning.planSha256);
    setOpen(which);
  };
  return (
    <div className="mt-3 flex flex-wrap gap-2">
      <Button variant="primary" onClick={() => ask("approve")} data-action="approve">
        {t("approve")}
      </Button>
      <Button variant="danger-outline" onClick={() => ask("reject")} data-action="reject">
        {t("reject")}
      </Button>
      {open === null ? null : <AnswerDialog rollout={rollout} answer={open} planSha256={planSha256} onClose={() => setOpen(null)} />}
    </div>
  );
}

function AnswerDialog({
  rollout,
  answer,
  planSha256,
  onClose,
}: {
  rollout: RolloutView;
  answer: "approve" | "reject";
  planSha256: string;
  onClose: () => void;
}) {
  const t = useTranslations("rollouts.approvals");
  const trpc = useTRPC();
  const client = useQueryClient();
  const sayStart = useStartText();
  const [reason, setReason] = useState("");
  const onSettled = () => client.invalidateQueries(trpc.rollouts.pathFilter());
  const approve = useMutation(trpc.rollouts.approve.mutationOptions({ onSettled }));
  const reject = useMutation(trpc.rollouts.reject.mutationOptions({ onSettled }));
  const { id, name, release, group, stages, beginning } = rollout;
  return (
    <ConfirmDialog
      open
      onOpenChange={(next) => (next ? undefined : onClose())}
      title={t(`${answer}Title`, { name })}
      reach={
        answer === "approve"
          ? t("approveReach", { release: release.name, group: group.name, stages: stages.length, start: sayStart(beginning) })
          : t("rejectReach")
      }
      confirmLabel={t(answer === "approve" ? "approveConfirm" : "rejectConfirm")}
      danger={answer === "reject"}
      onConfirm={async () => {
        if (answer === "approve") return approve.mutateAsync({ id, planSha256 });
        if (reason.trim() === "") throw new Error(t("reasonMissing"));
        return reject.mutateAsync({ id, planSha256, reason });
      }}
    >
      {answer === "reject" ? (
        <Field label={t("reason")} required>
          <Textarea rows={2} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
      ) : null}
    </ConfirmDialog>
  );
}
