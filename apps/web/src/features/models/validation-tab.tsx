"use client";
import type { ModelVersionView, VariantView } from "@flotilla/contracts/views";
import { Button, Card, EmptyState, Field, Select } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { parseAsBoolean, parseAsString, useQueryState } from "nuqs";
import { ValidateDialog } from "../jobs/validate-dialog.tsx";
import { useSession } from "../shell/session.tsx";
import { ValidationReportView } from "./validation-report.tsx";

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
        {session.can("job:write") ? <Button onClick={() => void setValidating(true)}>{t("again")}</Button> : null}
      </div>
      {variant.report === null ? (
        <Card>
          <EmptyState bare title={t("notMeasured", { name: variant.name })}>
            {t("notMeasuredText")}
          </EmptyState>
        </Card>
      ) : (
        <ValidationReportView report={variant.report} labels={version.card.labels} modelVersionId={version.id} variantId={variant.id} />
      )}
      {validating ? <ValidateDialog variant={variant} onClose={() => void setValidating(null)} /> : null}
    </div>
  );
}
