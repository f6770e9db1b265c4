"use client";
import { useUi } from "@flotilla/ui";
import { useTranslations } from "next-intl";

/**
 * What stands in the place of a page that broke. It draws itself: every page carries it, and what broke may be a part of the design system that did
 * not arrive.
 */
export default function PageError({ reset }: { error: Error; reset: () => void }) {
  const t = useTranslations("shell.states");
  const { retry } = useUi().labels;
  return (
    <div role="alert" className="flex flex-col items-center gap-2 rounded-lg border border-line-strong bg-surface px-6 py-12 text-center">
      <h2 className="font-semibold text-lg">{t("crashTitle")}</h2>
      <p className="max-w-[60ch] text-muted">{t("crashText")}</p>
      <button
        type="button"
        onClick={reset}
        className="mt-2 h-8 rounded-md border border-line-strong px-3 font-medium text-sm hover:bg-sunken"
      >
        {retry}
      </button>
    </div>
  );
}
