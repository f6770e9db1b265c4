"use client";
import type { TargetRemark } from "@flotilla/domain";
import { useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";

/** What keeps a kind of device from a model, in a few words each. */
export function useRemarkText(): (remarks: readonly TargetRemark[]) => string {
  const t = useTranslations("targets.remarks");
  const format = useFormat();
  // oxlint-disable-next-line typescript/consistent-return -- the switch is exhaustive
  const say = (remark: TargetRemark): string => {
    switch (remark.kind) {
      case "format":
        return t("format", { formats: format.list(remark.formats.map((name) => `.${name}`)) });
      case "opset":
        return t("opset", { opset: remark.opset, max: remark.maxOpset });
      case "operators":
        return t("operators", { list: format.list([...remark.operators]) });
      case "float":
      case "shapes":
      case "nothing-on-tpu":
      case "no-tflite":
        return t(remark.kind);
      case "memory":
      case "storage":
        return t(remark.kind, { needs: format.bytes(remark.needsBytes), has: format.bytes(remark.hasBytes) });
      case "partition":
        return t("partition", { onTpu: remark.onTpu, total: remark.total, end: remark.end });
      case "opencv-findings":
        return t("opencv-findings", { count: remark.count });
      case "opencv-version":
        return t("opencv-version", { from: remark.from });
    }
  };
  return (remarks) => remarks.map(say).join(t("separator"));
}
