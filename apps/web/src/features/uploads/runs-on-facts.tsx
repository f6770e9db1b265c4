"use client";
import type { Inspection, SourceFormat } from "@flotilla/contracts";
import { TARGET_PROFILES } from "@flotilla/contracts/profiles";
import { judgeTarget } from "@flotilla/domain";
import { StateIcon } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useProfileText } from "../search/use-profile-text.ts";
import { formatsOfSource } from "../targets/formats-of.ts";
import { useRemarkText } from "../targets/use-remark-text.ts";

/** Which kinds of device could run an uploaded model as it stands, and what keeps the others from it. `uploaded`: what it came as, where that is not ONNX. */
export function RunsOnFacts({ inspection, uploaded }: { inspection: Inspection; uploaded: SourceFormat | null }) {
  const t = useTranslations("uploads.runsOn");
  const profileText = useProfileText();
  const say = useRemarkText();
  return (
    <section aria-label={t("title")}>
      <h3 className="mb-1 font-semibold text-sm">{t("title")}</h3>
      <ul className="flex flex-col gap-1 text-sm">
        {TARGET_PROFILES.map((profile) => {
          const obstacles = judgeTarget(inspection, profile, formatsOfSource(uploaded));
          return (
            <li key={profile.id} data-profile={profile.id} className="flex items-start gap-1.5">
              <StateIcon kind={obstacles.length === 0 ? "ok" : "off"} className="mt-1" />
              <span>
                {profileText.name(profile.id)}
                {obstacles.length === 0 ? null : <span className="text-muted">: {say(obstacles)}</span>}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
