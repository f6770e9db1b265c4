"use client";
import type { RolloutDeviceView, RolloutView } from "@flotilla/contracts/views";
import { Card, useFormat } from "@flotilla/ui";
import { type Dot, DotMatrix, DotShape } from "@flotilla/ui/charts";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { countDots, dotOf } from "./rollout-states.ts";
import { RolloutCauses } from "./rollout-causes.tsx";
import { useReasonText } from "../shell/use-reason-text.ts";

/** Which devices run it: a dot a device, and below, why some do not. */
export function RolloutDevices({ rollout }: { rollout: RolloutView }) {
  const t = useTranslations("rollouts.devices");
  const format = useFormat();
  const router = useRouter();
  const say = useReasonText();
  const devices = [...rollout.devices].sort(
    (left, right) => left.stageIndex - right.stageIndex || left.name.localeCompare(right.name, undefined, { numeric: true }),
  );
  const word = (device: RolloutDeviceView) =>
    device.state === "DOWNLOADING" && device.progress !== null
      ? t("downloading", { progress: format.percent(device.progress, 0) })
      : `${t(`states.${device.state}`)}${device.online ? "" : ` · ${t("away")}`}`;
  const dots = devices.map(
    (device): Dot => ({
      id: device.deviceId,
      label: device.name,
      ...dotOf(device),
      word: word(device),
      ...(device.reason === null ? {} : { reason: say(device.reason) }),
    }),
  );
  const counts = countDots(devices);
  const stageName = (device: RolloutDeviceView) => rollout.stages[device.stageIndex]?.spec.name ?? "";
  return (
    <Card className="flex flex-col gap-5">
      <DotMatrix
        title={t("title")}
        summary={counts.map(([kind, count]) => t(`legend.${kind}`, { count })).join(", ")}
        legend={
          <span className="flex flex-wrap gap-x-3 gap-y-1">
            {counts.map(([kind, count]) => (
              <span key={kind} className="inline-flex items-center gap-1.5">
                <DotShape kind={kind} fill={0.6} />
                {t(`legend.${kind}`, { count })}
              </span>
            ))}
          </span>
        }
        dots={dots}
        hint={t("hint")}
        onOpen={(id) => router.push(`/devices/${id}`)}
        table={{
          columns: [
            { label: t("table.device") },
            { label: t("table.stage") },
            { label: t("table.state") },
            { label: t("table.fetched"), numeric: true },
            { label: t("table.p95"), numeric: true },
            { label: t("table.agreement"), numeric: true },
            { label: t("table.reason") },
          ],
          rows: devices.map((device) => [
            device.name,
            stageName(device),
            word(device),
            format.bytes(device.bytesFetched),
            device.probe === null ? "–" : format.ms(device.probe.latencyP95Ms),
            device.probe?.goldenAgreement === null || device.probe === null ? "–" : format.percent(device.probe.goldenAgreement),
            device.reason === null ? "" : say(device.reason),
          ]),
        }}
      />
      <RolloutCauses causes={rollout.causes} />
    </Card>
  );
}
