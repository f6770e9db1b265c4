"use client";
import type { Inspection, SourceFormat } from "@flotilla/contracts";
import { CopyText } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { sampleRecipe } from "./sample-recipe.ts";
import { UploadButton } from "./upload-button.tsx";
import { UploadZone } from "./upload-zone.tsx";

export interface ProveConversionProps {
  versionId: string;
  inspection: Pick<Inspection, "inputs" | "outputs">;
  format: SourceFormat;
  /** Others have been compared before. */
  again: boolean;
}

/** For a file that nothing here can run: takes its inputs and outputs from where it was trained, and says how to save them. */
export function ProveConversion({ versionId, inspection, format, again }: ProveConversionProps) {
  const t = useTranslations("uploads.prove");
  const title = t(again ? "again" : "title");
  return (
    <section aria-label={title} className="mt-4 flex flex-col gap-2 border-t pt-4" data-prove>
      <h3 className="font-semibold text-sm">{title}</h3>
      <p className="max-w-[80ch] text-muted text-sm">{t("text")}</p>
      <CopyText block label={t("code")} text={sampleRecipe(inspection, format)} />
      <div>
        <UploadButton kind="reference" targetVersionId={versionId} label={t("choose")} />
      </div>
      <UploadZone kind="reference" targetVersionId={versionId} />
    </section>
  );
}
