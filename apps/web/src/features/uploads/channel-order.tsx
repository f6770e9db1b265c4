"use client";
import { RadioGroup } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useUploads } from "./uploads-provider.tsx";

/** In which order models take their channels that are converted from now on; chosen before a file is dropped. */
export function ChannelOrder() {
  const t = useTranslations("uploads.channels");
  const { layout, setLayout } = useUploads();
  return (
    <div className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-1 text-muted text-xs">
      <span aria-hidden>{t("label")}</span>
      <RadioGroup
        label={t("label")}
        hideLabel
        layout="segmented"
        value={layout}
        onValueChange={setLayout}
        options={(["nhwc", "nchw"] as const).map((value) => ({ value, label: t(value) }))}
      />
      <span>{t("hint")}</span>
    </div>
  );
}
