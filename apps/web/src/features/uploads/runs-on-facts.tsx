"use client";
import type { Inspection } from "@flotilla/contracts";
import { TARGET_PROFILES } from "@flotilla/contracts/profiles";
import { judgeTarget, type TargetObstacle } from "@flotilla/domain";
import { StateIcon, useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useProfileText } from "../search/use-profile-text.ts";

/** Which kinds of device could run a model as it stands, and what keeps the others from it. */
export function RunsOnFacts({ inspection }: { inspection: Inspection }) {
  const t = useTranslations("uploads.runsOn");
  const profileText = useProfileText();
  const say = useObstacleText();
  return (
    <section aria-label={t("title")}>
      <h3 className="mb-1 font-semibold text-sm">{t("title")}</h3>
      <ul className="flex flex-col gap-1 text-sm">
        {TARGET_PROFILES.map((profile) => {
          const obstacles = judgeTarget(inspection, profile);
          return (
            <li key={profile.id} data-profile={profile.id} className="flex items-start gap-1.5">
              <StateIcon kind={obstacles.length === 0 ? "ok" : "off"} className="mt-1" />
              <span>
                {profileText.name(profile.id)}
                {obstacles.length === 0 ? null : <span className="text-muted">: {obstacles.map(say).join("; ")}</span>}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function useObstacleText(): (obstacle: TargetObstacle) => string {
  const t = useTranslations("uploads.runsOn");
  const format = useFormat();
  // oxlint-disable-next-line typescript/consistent-return -- the switch is exhaustive
  return (obstacle) => {
    switch (obstacle.kind) {
      case "format":
        return t("format", { formats: format.list(obstacle.formats.map((name) => `.${name}`)) });
      case "opset":
        return t("opset", { opset: obstacle.opset, max: obstacle.maxOpset });
      case "operators":
        return t("operators", { list: format.list([...obstacle.operators]) });
      case "float":
        return t("float");
      case "shapes":
        return t("shapes");
      case "memory":
      case "storage":
        return t(obstacle.kind, { needs: format.bytes(obstacle.needsBytes), has: format.bytes(obstacle.hasBytes) });
    }
  };
}
