"use client";
import type { DeviceView } from "@flotilla/contracts/views";
import { AppLink, Card, Facts, Notice, Progress, RelativeTime, type StateKind } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { judgePlan, type PlanVerdict } from "./judge-plan.ts";
import { useReasonText } from "../shell/use-reason-text.ts";

const KINDS: Record<PlanVerdict["kind"], StateKind> = { noPlan: "off", inStep: "ok", onTheWay: "busy", failed: "bad", apart: "warn" };

/** Desired beside reported, and one sentence that compares them. */
export function DevicePlan({ device }: { device: DeviceView }) {
  const t = useTranslations("device.plan");
  const phases = useTranslations("devices.phases");
  const say = useReasonText();
  const verdict = judgePlan(device);
  const reason = device.reported?.reason ?? null;
  const sentence = (): string => {
    switch (verdict.kind) {
      case "onTheWay":
        return t("onTheWay", { phase: phases(verdict.phase) });
      case "failed":
        return t("failed", { reason: reason === null ? verdict.reason : say(reason) });
      case "apart":
        return t("apart", { ...verdict, phase: phases(verdict.phase) });
      default:
        return t(verdict.kind);
    }
  };
  const { reported } = device;
  return (
    <Card title={t("title")}>
      <Notice kind={KINDS[verdict.kind]} className="mb-3" live={false}>
        {sentence()}
      </Notice>
      <Facts
        items={[
          { label: t("desired"), value: <Desired device={device} /> },
          {
            label: t("reported"),
            value:
              reported === null ? (
                <span className="text-muted">{t("nothingReported")}</span>
              ) : (
                <>
                  {phases(reported.phase)} <span className="text-muted">· {t("sequence", { seq: reported.seq })} · </span>
                  <RelativeTime at={reported.at} className="text-muted" />
                </>
              ),
          },
        ]}
      />
      {reported !== null && reported.progress !== null && reported.phase === "DOWNLOADING" && (
        <Progress value={reported.progress} label={t("progress")} className="mt-3" />
      )}
    </Card>
  );
}

function Desired({ device }: { device: DeviceView }) {
  const t = useTranslations("device.plan");
  const { desired } = device;
  if (desired === null) return <span className="text-muted">{t("nothingDesired")}</span>;
  return (
    <>
      {desired.releaseName} <span className="text-muted">· {t("sequence", { seq: desired.seq })}</span>
      {desired.rolloutId !== null && (
        <>
          {" · "}
          <AppLink href={`/rollouts/${desired.rolloutId}`} className="text-link">
            {t("byRollout")}
          </AppLink>
        </>
      )}
    </>
  );
}
