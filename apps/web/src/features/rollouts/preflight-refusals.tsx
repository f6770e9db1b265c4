"use client";
import type { RolloutPreflight } from "@flotilla/contracts/views";
import { AppLink, Button, Notice } from "@flotilla/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useTranslations } from "next-intl";
import { useTRPC } from "../../trpc/client.tsx";
import { saveFile } from "../shell/save-file.ts";
import { toCsv } from "../shell/to-csv.ts";
import { useErrorText, useReasonText } from "../shell/use-reason-text.ts";

const FEW = 3;

/** What a preflight is about, whatever its stages. */
export interface PreflightAsked {
  releaseId: string;
  groupId: string;
  takesExclusiveDevices: boolean;
}

/** Who cannot take the release, by cause: the sentence, how many, and their names. */
export function PreflightRefusals({ preflight, asked }: { preflight: RolloutPreflight; asked: PreflightAsked }) {
  const t = useTranslations("rollouts.new.preflight");
  const say = useReasonText();
  const { refusals } = preflight;
  const total = refusals.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return <Notice kind="ok">{t("fits")}</Notice>;
  return (
    <Notice kind="warn" title={t("incompatible", { count: total })}>
      <ul className="mt-1 flex flex-col gap-2">
        {refusals.map(({ reason, count, devices }) => (
          <li key={reason.message}>
            <span className="font-medium">{t("refusedDevices", { count })}</span>: {say(reason)}
            <Names devices={devices} total={count} open={count <= FEW} />
          </li>
        ))}
      </ul>
      <SaveRefused asked={asked} />
    </Notice>
  );
}

/** A list of devices that opens; the first hundred by name. */
export function Names({ devices, total, open }: { devices: RolloutPreflight["offline"]; total: number; open: boolean }) {
  const t = useTranslations("rollouts.new.preflight");
  return (
    <details open={open}>
      <summary className="cursor-pointer text-muted text-xs">{t("who")}</summary>
      <ul className="flex max-h-40 flex-wrap gap-x-3 gap-y-1 overflow-auto text-xs">
        {devices.map(({ deviceId, name }) => (
          <li key={deviceId}>
            <AppLink href={`/devices/${deviceId}`} className="text-link">
              {name}
            </AppLink>
          </li>
        ))}
        {total > devices.length ? <li className="text-muted">{t("moreIncompatible", { count: total - devices.length })}</li> : null}
      </ul>
    </details>
  );
}

/** All of them with their reasons; asked for when it is pressed. */
function SaveRefused({ asked }: { asked: PreflightAsked }) {
  const t = useTranslations("rollouts.new.preflight");
  const trpc = useTRPC();
  const client = useQueryClient();
  const sayError = useErrorText();
  const save = useMutation({
    mutationFn: async () => {
      const rows = await client.fetchQuery(trpc.rollouts.refused.queryOptions(asked));
      const lines = rows.map(({ name, deviceId, code, message }) => [name, deviceId, code, message]);
      saveFile("cannot-take-it.csv", "text/csv;charset=utf-8", toCsv(["device", "id", "code", "reason"], lines));
    },
  });
  return (
    <div className="mt-2">
      <Button size="sm" pending={save.isPending} onClick={() => save.mutate()}>
        <Download size={12} aria-hidden />
        {t("saveRefused")}
      </Button>
      {save.error === null ? null : <p className="text-bad text-xs">{sayError(save.error)}</p>}
    </div>
  );
}
