"use client";
import type { DeviceView } from "@flotilla/contracts/views";
import { Button, ConfirmDialog, Menu, MenuItem, MenuSeparator, toast } from "@flotilla/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { RenameDialog } from "../shell/rename-dialog.tsx";
import { useSession } from "../shell/session.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";
import { TagsDialog } from "./tags-dialog.tsx";

type Open = "rename" | "tags" | "revoke" | null;

/** What may be done to a device; nothing for a role that may not. */
export function DeviceActions({ device }: { device: DeviceView }) {
  const t = useTranslations("device");
  const session = useSession();
  const [open, setOpen] = useState<Open>(null);
  const close = (next: boolean) => {
    if (!next) setOpen(null);
  };
  if (!session.can("device:write") || device.state === "REVOKED") return null;
  if (device.state === "PENDING") return <PendingActions device={device} />;
  return (
    <>
      <Menu
        trigger={
          <Button>
            {t("actions.label")}
            <ChevronDown size={14} aria-hidden />
          </Button>
        }
      >
        <MenuItem onSelect={() => setOpen("rename")}>{t("actions.rename")}</MenuItem>
        <MenuItem onSelect={() => setOpen("tags")}>{t("actions.tags")}</MenuItem>
        <MenuSeparator />
        <MenuItem danger onSelect={() => setOpen("revoke")}>
          {t("actions.revoke")}
        </MenuItem>
      </Menu>
      {open === "rename" && <RenameDevice device={device} onClose={() => setOpen(null)} />}
      {open === "tags" && <TagsDialog device={device} onOpenChange={close} />}
      {open === "revoke" && <RevokeDialog device={device} onOpenChange={close} />}
    </>
  );
}

function RenameDevice({ device, onClose }: { device: DeviceView; onClose: () => void }) {
  const t = useTranslations("device.rename");
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const rename = useMutation(trpc.devices.rename.mutationOptions());
  const run = async (name: string) => {
    await rename.mutateAsync({ id: device.id, name });
    toast.success(t("done", { name }));
    await queryClient.invalidateQueries(trpc.devices.pathFilter());
  };
  return <RenameDialog name={device.name} label={t("save")} title={t("title")} field={t("name")} run={run} onClose={onClose} />;
}

function RevokeDialog({ device, onOpenChange }: { device: DeviceView; onOpenChange: (open: boolean) => void }) {
  const t = useTranslations("device.revoke");
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const revoke = useMutation(trpc.devices.revoke.mutationOptions());
  const confirm = async () => {
    await revoke.mutateAsync({ id: device.id });
    toast.success(t("done", { name: device.name }));
    await queryClient.invalidateQueries(trpc.devices.pathFilter());
  };
  return (
    <ConfirmDialog
      open
      onOpenChange={onOpenChange}
      danger
      title={t("title", { name: device.name })}
      reach={t("reach")}
      confirmLabel={t("confirm")}
      typeToConfirm={device.name}
      onConfirm={confirm}
    />
  );
}

function PendingActions({ device }: { device: DeviceView }) {
  const t = useTranslations("devices");
  const say = useErrorText();
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [rejecting, setRejecting] = useState(false);
  const accept = useMutation(
    trpc.devices.accept.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.devices.pathFilter()),
      onError: (error) => toast.error(t("failed", { reason: say(error) })),
    }),
  );
  const reject = useMutation(trpc.devices.reject.mutationOptions());
  return (
    <>
      <Button variant="danger-outline" onClick={() => setRejecting(true)}>
        {t("pending.reject")}
      </Button>
      <Button variant="primary" pending={accept.isPending} onClick={() => accept.mutate({ ids: [device.id] })}>
        {t("pending.accept")}
      </Button>
      <ConfirmDialog
        open={rejecting}
        onOpenChange={setRejecting}
        danger
        title={t("pending.rejectTitle", { name: device.name })}
        reach={t("pending.rejectReach")}
        confirmLabel={t("pending.reject")}
        onConfirm={async () => {
          await reject.mutateAsync({ id: device.id });
          router.push("/devices");
        }}
      />
    </>
  );
}
