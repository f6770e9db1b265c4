"use client";
import { Button, Card, Field, Input, Notice, Skeleton, toast } from "@flotilla/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { useSession } from "../shell/session.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";

export function OrganisationSettings() {
  const t = useTranslations("settings.organisation");
  const trpc = useTRPC();
  const session = useSession();
  const organisation = useQuery(trpc.settings.organisation.queryOptions());
  return (
    <Card title={t("title")} className="max-w-xl">
      <QueryView query={organisation} skeleton={<Skeleton className="h-24" />}>
        {(data) => (session.can("settings:write") ? <NameForm key={data.name} current={data.name} /> : <NameOnly name={data.name} />)}
      </QueryView>
    </Card>
  );
}

function NameOnly({ name }: { name: string }) {
  const t = useTranslations("settings.organisation");
  return (
    <>
      <p className="font-medium">{name}</p>
      <p className="text-muted">{t("readOnly")}</p>
    </>
  );
}

function NameForm({ current }: { current: string }) {
  const t = useTranslations("settings.organisation");
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [name, setName] = useState(current);
  const say = useErrorText();
  const rename = useMutation(
    trpc.settings.renameOrganisation.mutationOptions({
      onSuccess: async () => {
        toast.success(t("saved", { name: name.trim() }));
        await queryClient.invalidateQueries(trpc.settings.pathFilter());
        router.refresh();
      },
    }),
  );
  const nameOk = name.trim() !== "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (nameOk) rename.mutate({ name: name.trim() });
  };
  return (
    <form onSubmit={submit} className="flex flex-col items-start gap-3" noValidate>
      {rename.error !== null && <Notice kind="bad">{say(rename.error)}</Notice>}
      <Field className="w-full" label={t("name")} hint={t("nameHint")} error={nameOk ? null : t("missing")}>
        <Input value={name} maxLength={80} onChange={(event) => setName(event.target.value)} />
      </Field>
      <Button type="submit" variant="primary" pending={rename.isPending} disabled={name.trim() === current}>
        {t("save")}
      </Button>
    </form>
  );
}
