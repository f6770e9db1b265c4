"use client";
import { type Role, roles } from "@flotilla/contracts";
import { Button, CopyText, Dialog, Field, Input, Notice, RadioGroup } from "@flotilla/ui";
import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type FormEvent, useId, useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { looksLikeEmail } from "../auth/check-account.ts";
import { useErrorText } from "../shell/use-reason-text.ts";

/** Makes the link that a person joins with: Flotilla sends no mail. */
export function InviteDialog({ onOpenChange }: { onOpenChange: (open: boolean) => void }) {
  const t = useTranslations("settings.invite");
  const hints = useTranslations("settings.members.roleHints");
  const names = useTranslations("shell.roles");
  const trpc = useTRPC();
  const formId = useId();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("operator");
  const [checked, setChecked] = useState(false);
  const say = useErrorText();
  const invite = useMutation(trpc.members.invite.mutationOptions());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (looksLikeEmail(email)) invite.mutate({ email: email.trim(), role });
  };
  const footer =
    invite.data === undefined ? (
      <Button type="submit" form={formId} variant="primary" pending={invite.isPending}>
        {t("create")}
      </Button>
    ) : (
      <Button variant="primary" onClick={() => onOpenChange(false)}>
        {t("done")}
      </Button>
    );
  return (
    <Dialog open onOpenChange={onOpenChange} title={t("title")} description={t("text")} footer={footer}>
      {invite.data === undefined ? (
        <form id={formId} onSubmit={submit} className="flex flex-col gap-4" noValidate>
          {invite.error !== null && <Notice kind="bad">{say(invite.error)}</Notice>}
          <Field label={t("email")} error={checked && !looksLikeEmail(email) ? t("emailWrong") : null}>
            <Input type="email" autoComplete="off" value={email} onChange={(event) => setEmail(event.target.value)} />
          </Field>
          <RadioGroup<Role>
            label={t("role")}
            value={role}
            onValueChange={setRole}
            options={roles.map((value) => ({ value, label: names(value), hint: hints(value) }))}
          />
        </form>
      ) : (
        <div className="flex flex-col gap-3">
          <h3 className="font-semibold">{t("linkTitle", { email })}</h3>
          <CopyText block text={new URL(invite.data.link, window.location.origin).href} label={t("linkTitle", { email })} />
          <p className="text-muted text-xs">{t("linkHint")}</p>
        </div>
      )}
    </Dialog>
  );
}
