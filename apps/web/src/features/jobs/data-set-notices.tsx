"use client";
import type { ModelVersionView } from "@flotilla/contracts/views";
import { AppLink, Notice } from "@flotilla/ui";
import { useTranslations } from "next-intl";

/** What stands between a model and its data: none is there, or nobody said how a picture becomes the input. */
export function DataSetNotices({ version, hasNone }: { version: ModelVersionView; hasNone: boolean }) {
  const t = useTranslations("jobs.optimise");
  return (
    <>
      {hasNone ? (
        <Notice kind="warn">
          {t("noDataSets")}{" "}
          <AppLink href="/data-sets" className="text-link">
            {t("toDataSets")}
          </AppLink>
        </Notice>
      ) : null}
      {version.card.preprocessing === null ? <Notice kind="warn">{t("noPreprocessing")}</Notice> : null}
    </>
  );
}
