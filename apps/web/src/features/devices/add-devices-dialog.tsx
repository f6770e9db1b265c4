"use client";
import type { RouterOutputs } from "@flotilla/api";
import { enrolCommand, isLoopback, seenFrom } from "@flotilla/domain";
import { Button, CopyText, Dialog, Field, Input, Notice, NumberInput, Progress, Select, Skeleton } from "@flotilla/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useLocale, useTranslations } from "next-intl";
import { type FormEvent, useId, useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";
import { SimulateButton, useSimulatedDevices } from "./simulated-devices.tsx";

/** The encoder comes with the first code. */
const QrCode = dynamic(async () => (await import("./qr-code.tsx")).QrCode, { loading: () => <Skeleton className="size-40" /> });

const EXPIRY_DAYS = [1, 7, 30, 90] as const;
const MAX_USES = 10_000;

export interface AddDevicesDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

type MadeToken = RouterOutputs["tokens"]["create"];

/** From "how many, where, how long" to one command to copy; then counts who has joined. */
export function AddDevicesDialog({ open, onOpenChange }: AddDevicesDialogProps) {
  const t = useTranslations("devices.addDialog");
  const [made, setMade] = useState<MadeToken | null>(null);
  const [pending, setPending] = useState(false);
  const formId = useId();
  const change = (next: boolean) => {
    if (!next) setMade(null);
    onOpenChange(next);
  };
  const footer =
    made === null ? (
      <Button type="submit" form={formId} variant="primary" pending={pending}>
        {t("create")}
      </Button>
    ) : (
      <Button variant="primary" onClick={() => change(false)}>
        {t("done")}
      </Button>
    );
  return (
    <Dialog open={open} onOpenChange={change} title={t("title")} description={t("text")} footer={footer}>
      {made === null ? (
        <>
          <TokenForm formId={formId} onMade={setMade} onPending={setPending} />
          <NoDeviceAtHand onStarted={() => change(false)} />
        </>
      ) : (
        <Command made={made} />
      )}
    </Dialog>
  );
}

interface TokenFormProps {
  formId: string;
  onMade: (made: MadeToken) => void;
  onPending: (pending: boolean) => void;
}

function TokenForm({ formId, onMade, onPending }: TokenFormProps) {
  const t = useTranslations("devices.addDialog");
  const locale = useLocale();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const groups = useQuery(trpc.groups.list.queryOptions());
  const [name, setName] = useState(() =>
    t("nameDefault", { date: new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(new Date()) }),
  );
  const [groupId, setGroupId] = useState("");
  const [uses, setUses] = useState<number | null>(10);
  const [days, setDays] = useState("7");
  const say = useErrorText();
  const create = useMutation(trpc.tokens.create.mutationOptions());
  const usesOk = uses !== null && Number.isInteger(uses) && uses >= 1 && uses <= MAX_USES;
  const nameOk = name.trim() !== "";
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!usesOk || !nameOk) return;
    onPending(true);
    try {
      const token = await create.mutateAsync({
        name: name.trim(),
        maxUses: uses,
        expiresInDays: Number(days),
        ...(groupId === "" ? {} : { groupId }),
      });
      onMade(token);
      await queryClient.invalidateQueries(trpc.tokens.pathFilter());
    } catch {
      // `create.error` is shown below.
    } finally {
      onPending(false);
    }
  };
  const staticGroups = (groups.data ?? []).filter((group) => group.kind === "static");
  return (
    <form id={formId} className="flex flex-col gap-4" onSubmit={(event) => void submit(event)} noValidate>
      {create.error !== null && <Notice kind="bad">{say(create.error)}</Notice>}
      <Field label={t("name")} hint={t("nameHint")} error={nameOk ? null : t("nameMissing")}>
        <Input value={name} maxLength={80} onChange={(event) => setName(event.target.value)} />
      </Field>
      <div className="grid gap-4 sm:grid-cols-3">
        <Field label={t("uses")} error={usesOk ? null : t("usesWrong")}>
          <NumberInput value={uses} onValueChange={setUses} min={1} max={MAX_USES} step={1} />
        </Field>
        <Field label={t("expires")}>
          <Select
            value={days}
            onChange={(event) => setDays(event.target.value)}
            options={EXPIRY_DAYS.map((count) => ({ value: String(count), label: t("days", { count }) }))}
          />
        </Field>
        <Field label={t("group")}>
          <Select
            value={groupId}
            onChange={(event) => setGroupId(event.target.value)}
            placeholder={t("noGroup")}
            options={staticGroups.map((group) => ({ value: group.id, label: group.name }))}
          />
        </Field>
      </div>
      <p className="text-muted text-xs">{t("without")}</p>
    </form>
  );
}

function NoDeviceAtHand({ onStarted }: { onStarted: () => void }) {
  const t = useTranslations("devices.simulated");
  const { offered } = useSimulatedDevices();
  if (!offered) return null;
  return (
    <div className="mt-4 flex flex-wrap items-center justify-between gap-2 border-t pt-4">
      <p className="text-muted">{t("offer")}</p>
      <SimulateButton onStarted={onStarted} />
    </div>
  );
}

/** The command, the same for a phone, and how many devices have used it: moves by itself. */
function Command({ made }: { made: MadeToken }) {
  const t = useTranslations("devices.addDialog");
  const trpc = useTRPC();
  const tokens = useQuery(trpc.tokens.list.queryOptions());
  const token = tokens.data?.find((each) => each.id === made.id);
  const uses = token?.uses ?? 0;
  const address = seenFrom(made.address, window.location.origin);
  return (
    <div className="flex flex-col gap-3">
      <h3 className="font-semibold">{t("commandTitle")}</h3>
      <CopyText block text={enrolCommand(address, made.token)} label={t("commandTitle")} />
      <p className="text-muted text-xs">{t("commandHint")}</p>
      <ByPhone link={`${address.webUrl}/enrol#${made.token}`} />
      {token !== undefined && (
        <Progress
          value={uses / token.maxUses}
          kind={uses === 0 ? "busy" : "ok"}
          label={uses === 0 ? t("waiting") : t("joined", { uses, max: token.maxUses })}
          detail=""
        />
      )}
    </div>
  );
}

/** A code that opens the command on a phone. Not where a phone could not follow it. */
function ByPhone({ link }: { link: string }) {
  const t = useTranslations("devices.addDialog.phone");
  if (isLoopback(new URL(link).hostname)) return <Notice kind="off">{t("loopback")}</Notice>;
  return (
    <div className="flex flex-wrap items-center gap-4 rounded-md border p-3">
      <QrCode text={link} label={t("code")} className="size-40 rounded-sm" />
      <div className="flex min-w-40 flex-1 flex-col gap-1">
        <h3 className="font-semibold">{t("title")}</h3>
        <p className="text-muted">{t("text")}</p>
        <CopyText text={link} display={t("link")} label={t("link")} />
      </div>
    </div>
  );
}
