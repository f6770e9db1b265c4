"use client";
import type { DeviceView } from "@flotilla/contracts/views";
import { AppLink, Card, Facts, RelativeTime, useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";

/** The machine, as its agent described it, and its identity. */
export function DeviceFacts({ device }: { device: DeviceView }) {
  const t = useTranslations("device.facts");
  const format = useFormat();
  const tFormats = useTranslations("models.variantFormats");
  const { profile } = device;
  const none = <span className="text-muted">{t("none")}</span>;
  return (
    <Card title={t("title")}>
      <Facts
        items={[
          { label: t("system"), value: `${profile.os} · ${profile.arch}` },
          { label: t("cpu"), value: t("cpuCount", { model: profile.cpuModel, count: profile.cpuCount }) },
          { label: t("memory"), value: format.bytes(profile.memoryBytes) },
          { label: t("disk"), value: format.bytes(profile.diskFreeBytes) },
          {
            label: t("runtimes"),
            value:
              profile.runtimes
                .map((runtime) => {
                  const formats = (runtime.formats ?? ["onnx"]).map((each) => tFormats(each)).join(", ");
                  return t("runtime", { name: runtime.name, version: runtime.version, formats, opset: runtime.maxOpset });
                })
                .join("; ") || none,
          },
          { label: t("agent"), value: profile.agentVersion },
          { label: t("enrolled"), value: <RelativeTime at={device.enrolledAt} /> },
          { label: t("certificate"), value: device.certificateExpiresAt === null ? none : format.date(device.certificateExpiresAt) },
          { label: t("fingerprint"), value: <code className="font-mono">{device.fingerprint}</code> },
          { label: t("groups"), value: device.groups.length === 0 ? none : <GroupLinks groups={device.groups} /> },
        ]}
      />
    </Card>
  );
}

function GroupLinks({ groups }: { groups: DeviceView["groups"] }) {
  return (
    <ul className="flex flex-wrap gap-x-3">
      {groups.map((group) => (
        <li key={group.id}>
          <AppLink href={`/groups?group=${group.id}`} className="text-link">
            {group.name}
          </AppLink>
        </li>
      ))}
    </ul>
  );
}
