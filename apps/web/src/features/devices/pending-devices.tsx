"use client";
import type { DeviceListItem } from "@flotilla/contracts/views";
import { Button, Card, ConfirmDialog, RelativeTime, toast } from "@flotilla/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { useSession } from "../shell/session.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";

const MOST_SHOWN = 50;

/** Devices without a token wait here until somebody has compared their fingerprint. Nothing is drawn while none does. */
export function PendingDevices() {
  const t = useTranslations("devices");
  const trpc = useTRPC();
  const session = useSession();
  const pending = useQuery(trpc.devices.list.queryOptions({ filter: "", state: "PENDING", limit: MOST_SHOWN }));
  const [acceptingAll, setAcceptingAll] = useState(false);
  const actions = usePendingActions();
  const devices = pending.data?.items ?? [];
  if (devices.length === 0) return null;
  const mayDecide = session.can("device:write");
  return (
    <Card
      className="mb-4 border-warn/50"
      title={t("pending.title", { count: pending.data?.total ?? devices.length })}
      aside={
        mayDecide && devices.length > 1 ? (
          <Button size="sm" onClick={() => setAcceptingAll(true)}>
            {t("pending.acceptAll", { count: devices.length })}
          </Button>
        ) : undefined
      }
    >
      <p className="-mt-2 mb-2 text-muted">{t("pending.text")}</p>
      <ul className="divide-y divide-line">
        {devices.map((device) => (
          <PendingRow key={device.id} device={device} mayDecide={mayDecide} {...actions} />
        ))}
      </ul>
      <ConfirmDialog
        open={acceptingAll}
        onOpenChange={setAcceptingAll}
        title={t("pending.acceptAllTitle", { count: devices.length })}
        reach={t("pending.acceptAllReach")}
        confirmLabel={t("pending.acceptAll", { count: devices.length })}
        onConfirm={() => actions.accept(devices.map((device) => device.id))}
      />
    </Card>
  );
}

function usePendingActions() {
  const t = useTranslations("devices");
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries(trpc.devices.pathFilter());
  const accept = useMutation(trpc.devices.accept.mutationOptions());
  const reject = useMutation(trpc.devices.reject.mutationOptions());
  return {
    accept: async (ids: string[]) => {
      await accept.mutateAsync({ ids });
      toast.success(t("pending.accepted", { count: ids.length }));
      await refresh();
    },
    reject: async (device: DeviceListItem) => {
      await reject.mutateAsync({ id: device.id });
      toast.success(t("pending.rejected", { name: device.name }));
      await refresh();
    },
  };
}

interface PendingRowProps extends ReturnType<typeof usePendingActions> {
  device: DeviceListItem;
  mayDecide: boolean;
}

function PendingRow({ device, mayDecide, accept, reject }: PendingRowProps) {
  const t = useTranslations("devices");
  const say = useErrorText();
  const [busy, setBusy] = useState(false);
  const [rejecting, setRejecting] = useState(false);
  const acceptOne = async () => {
    setBusy(true);
    try {
      await accept([device.id]);
    } catch (error) {
      toast.error(t("failed", { reason: say(error) }));
    } finally {
      setBusy(false);
    }
  };
  return (
    <li className="flex flex-wrap items-center gap-x-6 gap-y-1 py-2">
      <span className="min-w-40 flex-1 font-medium">{device.name}</span>
      <span className="text-muted">{device.profileName}</span>
      <span>
        <span className="text-muted">{t("pending.fingerprint")} </span>
        <code className="rounded-sm border bg-sunken px-1.5 py-0.5 font-mono text-sm tracking-wider">{device.fingerprint}</code>
      </span>
      <span className="whitespace-nowrap text-muted">
        {t("pending.asked")} <RelativeTime at={device.createdAt} />
      </span>
      {mayDecide && (
        <span className="flex gap-2">
          <Button size="sm" variant="danger-outline" onClick={() => setRejecting(true)}>
            {t("pending.reject")}
          </Button>
          <Button size="sm" variant="primary" pending={busy} onClick={() => void acceptOne()}>
            {t("pending.accept")}
          </Button>
        </span>
      )}
      <ConfirmDialog
        open={rejecting}
        onOpenChange={setRejecting}
        title={t("pending.rejectTitle", { name: device.name })}
        reach={t("pending.rejectReach")}
        confirmLabel={t("pending.reject")}
        danger
        onConfirm={() => reject(device)}
      />
    </li>
  );
}
