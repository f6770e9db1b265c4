"use client";
import { takesSamples } from "@flotilla/contracts";
import type { ConvertedFile, ModelVersionView } from "@flotilla/contracts/views";
import { buttonClass, Card } from "@flotilla/ui";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { useSession } from "../shell/session.tsx";
import { ConversionReport } from "../uploads/conversion-report.tsx";
import { ConvertAgain } from "../uploads/convert-again.tsx";

/** Sending files is much code, and most conversions are proved already. */
const ProveConversion = dynamic(() => import("../uploads/prove-conversion.tsx").then((module) => module.ProveConversion));

/** How the uploaded file became the version's ONNX file, and its proof; the file itself, and its conversion in the other order of channels. */
export function ConversionCard({ version, converted }: { version: ModelVersionView; converted: ConvertedFile }) {
  const t = useTranslations("uploads.conversion");
  const mayWrite = useSession().can("model:write");
  const { conversion } = converted;
  return (
    <Card title={t("title")} className="lg:col-span-2">
      <ConversionReport conversion={conversion} />
      {mayWrite && takesSamples(conversion.check) ? (
        <ProveConversion
          versionId={version.id}
          inspection={version.inspection}
          format={conversion.format}
          again={conversion.check.reference === "samples"}
        />
      ) : null}
      <div className="mt-4 flex flex-wrap items-center gap-2">
        <a href={`/api/model-versions/${version.id}/uploaded-file`} download={version.fileName} className={buttonClass()}>
          {t("download")}
        </a>
        {mayWrite ? <ConvertAgain versionId={version.id} options={conversion.options} /> : null}
      </div>
    </Card>
  );
}
