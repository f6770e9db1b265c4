"use client";
import type { CpuReason, EdgeTpuAdvice } from "@flotilla/contracts/targets";
import { useTranslations } from "next-intl";

export interface OperatorText {
  reason: (reason: CpuReason) => string;
  advice: (advice: EdgeTpuAdvice) => string;
}

/** Why an operator is not on the Edge TPU, and what would move it. */
export function useOperatorText(): OperatorText {
  const t = useTranslations("targets.edgeTpu");
  return {
    reason: (reason) => {
      switch (reason.code) {
        case "LIMITATION":
          return t(`limitations.${reason.limitation}`);
        case "NOT_INTEGER":
          return t("reasons.NOT_INTEGER", { type: reason.type });
        case "TOO_MANY_AXES":
          return t("reasons.TOO_MANY_AXES", { shape: reason.shape.join(" × ") });
        case "BEHIND_CPU":
          return t("reasons.BEHIND_CPU", { after: reason.after });
        default:
          return t(`reasons.${reason.code}`);
      }
    },
    advice: (advice) => {
      switch (advice.kind) {
        case "recipe":
          return t(`recipes.${advice.pass}`);
        case "replace":
          return t("replace", { by: advice.by });
        default:
          return t(`changes.${advice.what}`);
      }
    },
  };
}
