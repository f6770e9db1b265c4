"use client";
import type { RolloutView } from "@flotilla/contracts/views";
import { Notice, useFormat, useNow } from "@flotilla/ui";
import { useTranslations } from "next-intl";

/** Who waits for a window, for the pace or for another try, and until when: a rollout that looks as if it stood still. */
export function RolloutWaiting({ waiting }: { waiting: RolloutView["waiting"] }) {
  const t = useTranslations("rollouts.waiting");
  const format = useFormat();
  const now = useNow();
  if (waiting.length === 0) return null;
  return (
    <Notice kind="busy">
      <ul>
        {waiting.map(({ for: what, deviceCount, until }) => {
          const seconds = until === null ? 0 : Math.max(0, Math.ceil((until.getTime() - now.getTime()) / 1000));
          const values = { count: deviceCount, left: format.duration(seconds), at: until === null ? "" : format.shortDateTime(until) };
          return (
            <li key={what} data-waiting={what}>
              {t(`${what}.${until === null ? "open" : "until"}`, values)}
            </li>
          );
        })}
      </ul>
    </Notice>
  );
}
