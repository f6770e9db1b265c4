"use client";
import type { DeviceView } from "@flotilla/contracts/views";
import { Button, Dialog, Field, Input, Notice, toast } from "@flotilla/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type FormEvent, useId, useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";

export function RenameDialog({ device, onOpenChange }: { device: DeviceView; onOpenChange: (open: boolean) => void }) {
  const t = useTranslations("device.rename");
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const formId = useId();
  const [name, setName] = useState(device.name);
  const say = useErrorText();
  const rename = useMutation(
    trpc.devices.rename.mutationOptions({
      onSuccess: async () => {
        toast.success(t("done", { name: name.trim() }));
        onOpenChange(false);
        await queryClient.invalidateQueries(trpc.devices.pathFilter());
      },
    }),
  );
  const nameOk = name.trim() !== "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (nameOk) rename.mutate({ id: device.id, name: name.trim() });
  };
  return (
    <Dialog
      open
      onOpenChange={onOpenChange}
      size="sm"
      title={t("title")}
      footer={
        <Button type="submit" form={formId} variant="primary" pending={rename.isPending}>
          {t("save")}
        </Button>
      }
    >
      <form id={formId} onSubmit={submit} className="flex flex-col gap-3" noValidate>
        {rename.error !== null && <Notice kind="bad">{say(rename.error)}</Notice>}
        <Field label={t("name")} error={nameOk ? null : t("missing")}>
          <Input value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />
        </Field>
      </form>
    </Dialog>
  );
}
