"use client";
import { Button, Field, Input, LinkButton, Notice } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { acceptInvitation, becomeOwner, type CallFailure } from "./auth-calls.ts";
import { AuthFrame } from "./auth-frame.tsx";
import { type AccountDraft, checkAccount } from "./check-account.ts";
import { PasswordInput } from "./password-input.tsx";
import { useFailureText } from "./use-failure-text.ts";

export interface AccountFormProps {
  /** `setup`: the first owner, by the printed link. `join`: by an invitation. */
  kind: "setup" | "join";
  token: string | null;
  /** Known from the invitation. */
  email?: string;
}

/** Makes an account out of a link. */
export function AccountForm({ kind, token, email = "" }: AccountFormProps) {
  const t = useTranslations("auth");
  const title = kind === "setup" ? t("setup.title") : t("join.titlePlain");
  if (token === null) {
    return (
      <AuthFrame title={title}>
        <Notice kind="warn">{t(`${kind}.noToken`)}</Notice>
        <LinkButton className="mt-4" href="/sign-in">
          {t("toSignIn")}
        </LinkButton>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title={title} text={t(`${kind}.text`)}>
      <Form kind={kind} token={token} email={email} />
    </AuthFrame>
  );
}

function useAccountForm({ kind, token, email }: { kind: AccountFormProps["kind"]; token: string; email: string }) {
  const [draft, setDraft] = useState<AccountDraft>({ name: "", email, password: "" });
  const [checked, setChecked] = useState(false);
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<CallFailure | null>(null);
  const problems = checked ? checkAccount(draft) : {};
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    setFailure(null);
    if (Object.keys(checkAccount(draft)).length > 0) return;
    setPending(true);
    const account = { token, name: draft.name.trim(), email: draft.email.trim(), password: draft.password };
    const failed = await (kind === "setup" ? becomeOwner(account) : acceptInvitation(account));
    if (failed === null) {
      window.location.assign("/");
      return;
    }
    setPending(false);
    setFailure(failed);
  };
  return { draft, set: (part: Partial<AccountDraft>) => setDraft({ ...draft, ...part }), problems, pending, failure, submit };
}

function Form({ kind, token, email }: { kind: AccountFormProps["kind"]; token: string; email: string }) {
  const t = useTranslations("auth");
  const failureText = useFailureText();
  const { draft, set, problems, pending, failure, submit } = useAccountForm({ kind, token, email });
  return (
    <form className="flex flex-col gap-4" onSubmit={(event) => void submit(event)} noValidate>
      {failure !== null && (
        <Notice
          kind="bad"
          action={
            failure.code === "SETUP_DONE" ? (
              <LinkButton size="sm" href="/sign-in">
                {t("toSignIn")}
              </LinkButton>
            ) : undefined
          }
        >
          {failure.code === "SETUP_DONE" ? t("setup.done") : failureText(failure)}
        </Notice>
      )}
      <Field label={t("fields.name")} hint={t("fields.nameHint")} error={problems.name === undefined ? null : t(`errors.${problems.name}`)}>
        <Input name="name" autoComplete="name" value={draft.name} onChange={(event) => set({ name: event.target.value })} />
      </Field>
      <Field label={t("fields.email")} error={problems.email === undefined ? null : t(`errors.${problems.email}`)}>
        <Input
          type="email"
          name="email"
          autoComplete="username"
          readOnly={email !== ""}
          value={draft.email}
          onChange={(event) => set({ email: event.target.value })}
        />
      </Field>
      <Field
        label={t("fields.password")}
        hint={t("fields.passwordHint")}
        error={
          problems.password === undefined
            ? null
            : problems.password === "passwordShort"
              ? t("errors.passwordShort", { count: draft.password.length })
              : t(`errors.${problems.password}`)
        }
      >
        <PasswordInput autoComplete="new-password" value={draft.password} onValueChange={(password) => set({ password })} />
      </Field>
      <Button type="submit" variant="primary" pending={pending}>
        {t(`${kind}.submit`)}
      </Button>
    </form>
  );
}
