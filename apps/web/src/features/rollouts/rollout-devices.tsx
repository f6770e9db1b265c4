"use client";
import { ROLLOUT_PAGE } from "@flotilla/contracts/rollout-dots";
import type { RolloutView } from "@flotilla/contracts/views";
import { Card } from "@flotilla/ui";
import { DotShape } from "@flotilla/ui/charts";
import { useTranslations } from "next-intl";
import { FewDots } from "./few-dots.tsx";
import { ManyDots } from "./many-dots.tsx";
import { RolloutCauses } from "./rollout-causes.tsx";
import { countDevices, countDots } from "./rollout-states.ts";

/** Which devices run it: a dot a device, and below, why some do not. */
export function RolloutDevices({ rollout }: { rollout: RolloutView }) {
  const t = useTranslations("rollouts.devices");
  const counts = countDots(rollout.counts);
  const Dots = countDevices(rollout.counts) <= ROLLOUT_PAGE ? FewDots : ManyDots;
  return (
    <Card className="flex flex-col gap-5">
      <Dots
        rollout={rollout}
        title={t("title")}
        summary={counts.map(([kind, of]) => t(`legend.${kind}`, { count: of })).join(", ")}
        legend={
          <span className="flex flex-wrap gap-x-3 gap-y-1">
            {counts.map(([kind, of]) => (
              <span key={kind} className="inline-flex items-center gap-1.5" data-kind={kind} data-count={of}>
                <DotShape kind={kind} fill={0.6} />
                {t(`legend.${kind}`, { count: of })}
              </span>
            ))}
          </span>
        }
      />
      <RolloutCauses causes={rollout.causes} />
    </Card>
  );
}
