"use client";
import type { DeviceView, SlotView } from "@flotilla/contracts/views";
import { Card, CopyText, StateIcon } from "@flotilla/ui";
import { useTranslations } from "next-intl";

/** The running release and the one that could run again at once. */
export function DeviceSlots({ device }: { device: DeviceView }) {
  const t = useTranslations("device.slots");
  return (
    <Card title={t("title")}>
      <div className="grid gap-2">
        <Slot label={t("running")} slot={device.slots.running} active />
        <Slot label={t("standby")} slot={device.slots.standby} hint={t("standbyHint")} />
      </div>
    </Card>
  );
}

function Slot({ label, slot, hint, active = false }: { label: string; slot: SlotView | null; hint?: string; active?: boolean }) {
  const t = useTranslations("device.slots");
  return (
    <div
      className={
        active && slot !== null && slot.invalidReason === null ? "rounded-md border border-ok/50 bg-ok-soft p-3" : "rounded-md border p-3"
      }
    >
      <div className="flex items-center gap-1.5 text-muted text-xs">
        <StateIcon kind={slot === null || !active ? "off" : slot.invalidReason === null ? "ok" : "bad"} size={12} />
        {label}
      </div>
      {slot === null ? (
        <div className="text-muted">{t("empty")}</div>
      ) : (
        <>
          <div className="font-medium">{slot.releaseName}</div>
          {slot.invalidReason === null ? null : (
            <p className="flex items-start gap-1.5 text-bad text-xs" data-testid="invalidated">
              <StateIcon kind="bad" size={12} className="mt-0.5" />
              {t("invalidated", { reason: slot.invalidReason })}
            </p>
          )}
          <div className="text-muted text-xs">
            <CopyText text={slot.variantSha256} label="SHA-256" />
          </div>
          {hint !== undefined && <div className="text-muted text-xs">{hint}</div>}
        </>
      )}
    </div>
  );
}
