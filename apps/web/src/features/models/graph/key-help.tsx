"use client";
import { Kbd } from "@flotilla/ui";
import { useTranslations } from "next-intl";

/** Which keys do what in a picture. Hidden on a phone, which has none. */
export function KeyHelp({ differences = false }: { differences?: boolean }) {
  const t = useTranslations("graph.keys");
  const keys: [string, string][] = [
    ["← ↑ ↓ →", t("arrows")],
    ["+ −", t("zoom")],
    ["F", t("fit")],
    ["␣", t("fold")],
    ["↵", t("open")],
    differences ? ["N P", t("differences")] : ["/", t("search")],
  ];
  return (
    <p className="hidden flex-wrap gap-x-3 gap-y-1 text-muted text-xs sm:flex">
      {keys.map(([key, text]) => (
        <span key={key} className="inline-flex items-center gap-1">
          <Kbd>{key}</Kbd> {text}
        </span>
      ))}
    </p>
  );
}
