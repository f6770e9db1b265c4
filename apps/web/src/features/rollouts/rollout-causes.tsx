"use client";
import type { RolloutView } from "@flotilla/contracts/views";
import { Table, Td, Th, Tr } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useReasonText } from "../shell/use-reason-text.ts";

const NAMES_SHOWN = 4;

/** Failures clustered by cause, with what would help. */
export function RolloutCauses({ causes }: { causes: RolloutView["causes"] }) {
  const t = useTranslations("rollouts.causes");
  const say = useReasonText();
  if (causes.length === 0) return null;
  const total = causes.reduce((sum, cause) => sum + cause.deviceCount, 0);
  const help = (code: string) => (t.has(`help.${code}` as never) ? t(`help.${code}` as never) : t("help.other"));
  return (
    <section className="-mx-4">
      <h2 className="px-4 font-semibold text-sm">{t("title", { count: total })}</h2>
      <Table label={t("title", { count: total })} className="mt-1">
        <thead>
          <tr>
            <Th>{t("cause")}</Th>
            <Th numeric>{t("devices")}</Th>
            <Th className="max-sm:hidden">{t("seenOn")}</Th>
            <Th className="max-sm:hidden">{t("whatHelps")}</Th>
          </tr>
        </thead>
        <tbody>
          {causes.map((cause) => (
            <Tr key={`${cause.code}-${cause.message}`}>
              <Td className="min-w-48">
                {say(cause)}
                <div className="mt-1 sm:hidden">
                  <DeviceNames cause={cause} />
                  <p className="text-muted">{help(cause.code)}</p>
                </div>
              </Td>
              <Td numeric>{cause.deviceCount}</Td>
              <Td className="max-sm:hidden">
                <DeviceNames cause={cause} />
              </Td>
              <Td className="min-w-48 text-muted max-sm:hidden">{help(cause.code)}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </section>
  );
}

function DeviceNames({ cause: { deviceNames: names, deviceCount: count } }: { cause: RolloutView["causes"][number] }) {
  const t = useTranslations("rollouts.causes");
  const more = (shown: number) => (count > shown ? ` ${t("more", { count: count - shown })}` : "");
  return (
    <span className="font-mono text-xs" title={names.join(", ") + more(names.length)}>
      {names.slice(0, NAMES_SHOWN).join(", ")}
      {more(Math.min(NAMES_SHOWN, names.length))}
    </span>
  );
}
