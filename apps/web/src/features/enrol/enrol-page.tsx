"use client";
import { enrolCommand, type EnrolmentAddress, seenFrom } from "@flotilla/domain";
import { Button, copyToClipboard, Notice, Skeleton } from "@flotilla/ui";
import { Check, Copy, Share2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState, useSyncExternalStore } from "react";
import { AuthFrame } from "../auth/auth-frame.tsx";

/** Browsers send no fragment to a server: the token stands in no log. */
function useFragment(): string | null {
  return useSyncExternalStore(
    (changed) => {
      window.addEventListener("hashchange", changed);
      return () => window.removeEventListener("hashchange", changed);
    },
    () => window.location.hash.slice(1),
    () => null,
  );
}

/** Where the QR code of "Add devices" leads: the one command, on a phone, without signing in. Who has the link has the token. */
export function EnrolPage({ address }: { address: EnrolmentAddress }) {
  const t = useTranslations("enrol");
  const token = useFragment();
  if (token === "") {
    return (
      <AuthFrame title={t("title")}>
        <Notice kind="warn">{t("noToken")}</Notice>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title={t("title")} text={t("text")}>
      {token === null ? (
        <Skeleton className="h-40" />
      ) : (
        <Command command={enrolCommand(seenFrom(address, window.location.origin), token)} />
      )}
    </AuthFrame>
  );
}

function Command({ command }: { command: string }) {
  const t = useTranslations("enrol");
  const [copied, setCopied] = useState(false);
  const shareable = typeof navigator !== "undefined" && "share" in navigator;
  return (
    <div className="flex flex-col gap-4">
      <code aria-label={t("command")} className="whitespace-pre-wrap break-all rounded-md border bg-sunken p-3 font-mono text-xs leading-5">
        {command}
      </code>
      <div className="flex flex-wrap gap-2">
        <Button
          variant="primary"
          icon={copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
          onClick={() => void copyToClipboard(command).then(() => setCopied(true))}
        >
          {t(copied ? "copied" : "copy")}
        </Button>
        {shareable && (
          <Button
            icon={<Share2 size={14} aria-hidden />}
            // Somebody who closes the sheet without sharing has not failed at anything.
            onClick={() => void navigator.share({ text: command }).catch(() => undefined)}
          >
            {t("share")}
          </Button>
        )}
      </div>
      <ol className="flex list-decimal flex-col gap-1 pl-5 text-muted">
        <li>{t("steps.shell")}</li>
        <li>{t("steps.run")}</li>
        <li>{t("steps.joins")}</li>
      </ol>
      <p className="text-muted text-xs">{t("secret")}</p>
    </div>
  );
}
