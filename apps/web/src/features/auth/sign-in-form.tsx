"use client";
import { Button, Field, Input, Notice } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { AuthFrame } from "./auth-frame.tsx";
import { signIn } from "./auth-calls.ts";
import { looksLikeEmail } from "./check-account.ts";
import { PasswordInput } from "./password-input.tsx";
import { useFailureText } from "./use-failure-text.ts";

/** @param next A path of this application to open afterwards. */
export function SignInForm({ next }: { next: string }) {
  const t = useTranslations("auth");
  const failureText = useFailureText();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [checked, setChecked] = useState(false);
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    setFailure(null);
    if (!looksLikeEmail(email) || password === "") return;
    setPending(true);
    const failed = await signIn({ email: email.trim(), password });
    if (failed === null) {
      // A full load: nothing of an earlier session stays in memory.
      window.location.assign(next);
      return;
    }
    setPending(false);
    setFailure(failed.status === 401 ? t("signIn.wrong") : failureText(failed));
  };

  return (
    <AuthFrame title={t("signIn.title")}>
      <form className="flex flex-col gap-4" onSubmit={(event) => void submit(event)} noValidate>
        {failure !== null && <Notice kind="bad">{failure}</Notice>}
        <Field label={t("signIn.email")} error={checked && !looksLikeEmail(email) ? t("errors.emailWrong") : null}>
          <Input type="email" name="email" autoComplete="username" value={email} onChange={(event) => setEmail(event.target.value)} />
        </Field>
        <Field label={t("signIn.password")} error={checked && password === "" ? t("errors.passwordMissing") : null}>
          <PasswordInput autoComplete="current-password" value={password} onValueChange={setPassword} />
        </Field>
        <Button type="submit" variant="primary" pending={pending}>
          {t("signIn.submit")}
        </Button>
        <p className="text-muted text-xs">{t("signIn.help")}</p>
      </form>
    </AuthFrame>
  );
}
