"use client";
import type { ModelVersionView, VariantView } from "@flotilla/contracts/views";
import { Button, Card, EmptyState, Field, Select } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { parseAsBoolean, parseAsString, useQueryState } from "nuqs";
import { ValidateDialog } from "../jobs/validate-dialog.tsx";
import { DownloadButtons } from "../shell/download-buttons.tsx";
import { useSession } from "../shell/session.tsx";
import { flattenData } from "../shell/to-csv.ts";
import { ValidationReportView } from "./validation-report.tsx";
import { VariantWarnings } from "./variant-warnings.tsx";

/** One variant against the original: where its numbers differ, what it gets wrong, on which samples. */
export function ValidationTab({ version }: { version: ModelVersionView }) {
  const t = useTranslations("models.validation");
  const session = useSession();
  const [chosen, setChosen] = useQueryState("variant", parseAsString);
  const [validating, setValidating] = useQueryState("validate", parseAsBoolean.withDefault(false));
  const variants = version.variants.filter((variant) => variant.report !== null);
  const variant: VariantView | undefined =
    version.variants.find((item) => item.id === chosen) ??
    variants.find((item) => item.id === version.recommendation?.variantId) ??
    variants[0] ??
    version.variants[0];
  if (variant === undefined) return <EmptyState title={t("none")} />;
  const { report } = variant;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-end gap-3">
        <Field label={t("variant")} className="w-72">
          <Select
            value={variant.id}
            onChange={(event) => void setChosen(event.target.value)}
            options={version.variants.map((item) => ({ value: item.id, label: item.name }))}
          />
        </Field>
        {report === null ? null : (
          <span className="ml-auto">
            <DownloadButtons
              label={t("download", { name: variant.name })}
              fileName={`${version.modelName}-${version.version}-${variant.name}-report`}
              header={["measure", "value"]}
              rows={() => flattenData(report)}
              json={() => report}
            />
          </span>
        )}
        {session.can("job:write") ? <Button onClick={() => void setValidating(true)}>{t("again")}</Button> : null}
      </div>
      <VariantWarnings warnings={variant.warnings} />
      {report === null ? (
        <Card>
          <EmptyState bare title={t("notMeasured", { name: variant.name })}>
            {t("notMeasuredText")}
          </EmptyState>
        </Card>
      ) : (
        <ValidationReportView report={report} labels={version.card.labels} modelVersionId={version.id} variantId={variant.id} />
      )}
      {validating ? <ValidateDialog variant={variant} onClose={() => void setValidating(null)} /> : null}
    </div>
  );
}
