"use client";
import { Skeleton } from "@flotilla/ui";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { toOptions } from "./draft-options.ts";
import type { OptionFieldsProps } from "./option-fields.tsx";
import { useOptionFacts } from "./use-option-facts.ts";

const OptionFields = dynamic(async () => (await import("./option-fields.tsx")).OptionFields, {
  ssr: false,
  loading: () => <Skeleton className="mt-3 h-96" />,
});

export interface OptionsSectionProps extends OptionFieldsProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Pace and windows: shut until somebody wants them, with what is chosen in one line. Its fields come when it is opened. */
export function OptionsSection({ open, onOpenChange, ...fields }: OptionsSectionProps) {
  const t = useTranslations("rollouts.options");
  const say = useOptionFacts();
  const options = toOptions(fields.options);
  const chosen = options === null ? null : say(options).filter((fact) => fact.chosen);
  return (
    <details
      data-section="options"
      className="min-w-0 rounded-lg border border-line bg-surface"
      open={open}
      onToggle={(event) => onOpenChange(event.currentTarget.open)}
    >
      <summary className="cursor-pointer rounded-lg px-4 py-3">
        <h2 className="inline font-semibold text-sm">{t("title")}</h2>{" "}
        <span className="ml-2 text-muted text-xs" aria-live="polite">
          {chosen === null
            ? t("incomplete")
            : chosen.length === 0
              ? t("nothingSpecial")
              : chosen.map(({ key, label, text }) => (key === "join" || key === "exclusive" ? label : `${label}: ${text}`)).join(" · ")}
        </span>
      </summary>
      {open ? (
        <div className="px-4 pb-4">
          <OptionFields {...fields} />
        </div>
      ) : null}
    </details>
  );
}
