"use client";
import type { OverviewView } from "@flotilla/contracts/views";
import type { Permission } from "@flotilla/domain";
import { Card, LinkButton, StateChip } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useSession } from "../shell/session.tsx";

interface Step {
  key: "upload" | "device" | "rollout";
  done: boolean;
  href: string;
  permission: Permission;
}

/** What a new organisation does first; gone once all of it is done. */
export function FirstSteps({ firstUse }: { firstUse: OverviewView["firstUse"] }) {
  const t = useTranslations("overview.first");
  const session = useSession();
  const steps: Step[] = [
    { key: "upload", done: firstUse.uploaded, href: "/models?upload=true", permission: "model:write" },
    { key: "device", done: firstUse.deviceAdded, href: "/devices?add=true", permission: "token:write" },
    { key: "rollout", done: firstUse.rolledOut, href: "/rollouts/new", permission: "rollout:write" },
  ];
  const next = steps.find((step) => !step.done)?.key;
  if (next === undefined) return null;
  return (
    <Card title={t("title")} className="mb-4">
      <ol className="grid gap-4 md:grid-cols-3">
        {steps.map((step, index) => (
          <li key={step.key} className={step.key === next ? "rounded-md border border-accent p-4" : "rounded-md border p-4"}>
            <div className="mb-1 flex items-center justify-between text-muted text-xs">
              {t("step", { number: index + 1 })}
              {step.done && <StateChip kind="ok">{t("done")}</StateChip>}
            </div>
            <h3 className="font-semibold">{t(`${step.key}.title`)}</h3>
            <p className="mt-1 text-muted">{t(`${step.key}.text`)}</p>
            {!step.done && session.can(step.permission) && (
              <LinkButton className="mt-3" variant={step.key === next ? "primary" : "default"} href={step.href}>
                {t(`${step.key}.action`)}
              </LinkButton>
            )}
          </li>
        ))}
      </ol>
    </Card>
  );
}
