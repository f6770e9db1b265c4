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
  const total = causes.reduce((sum, cause) => sum + cause.deviceNames.length, 0);
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
                  <DeviceNames names={cause.deviceNames} />
                  <p className="text-muted">{help(cause.code)}</p>
                </div>
              </Td>
              <Td numeric>{cause.deviceNames.length}</Td>
              <Td className="max-sm:hidden">
                <DeviceNames names={cause.deviceNames} />
              </Td>
              <Td className="min-w-48 text-muted max-sm:hidden">{help(cause.code)}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </section>
  );
}

function DeviceNames({ names }: { names: readonly string[] }) {
  const t = useTranslations("rollouts.causes");
  return (
    <span className="font-mono text-xs" title={names.join(", ")}>
      {names.slice(0, NAMES_SHOWN).join(", ")}
      {names.length > NAMES_SHOWN ? ` ${t("more", { count: names.length - NAMES_SHOWN })}` : ""}
    </span>
  );
}
