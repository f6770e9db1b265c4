"use client";
import type { ModelDescription, UnsupportedPart } from "@flotilla/contracts";
import { Table, Td, Th, Tr } from "@flotilla/ui";
import { useTranslations } from "next-intl";

/** Everything that keeps a model from being converted, at once, with what to do about each. */
export function UnsupportedTable({ description }: { description: ModelDescription }) {
  const t = useTranslations("uploads.unsupported");
  const say = useUnsupportedText();
  const { unsupported, unsupportedCount, partsAre } = description;
  return (
    <div className="flex flex-col gap-1">
      <Table label={t("label")}>
        <thead>
          <tr>
            <Th>{t(partsAre)}</Th>
            <Th>{t("reason")}</Th>
          </tr>
        </thead>
        <tbody>
          {unsupported.map((part) => (
            <Tr key={`${part.name} ${part.kind}`} data-unsupported={part.kind}>
              <Td className="min-w-32 font-mono text-xs">
                {part.kind}
                <div className="break-all text-muted">{part.name}</div>
              </Td>
              <Td className="min-w-44">{say(part)}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      {unsupportedCount > unsupported.length ? (
        <p className="text-muted text-xs">{t("more", { count: unsupportedCount - unsupported.length })}</p>
      ) : null}
    </div>
  );
}

/** Why a part is not converted, in the page's language; the English sentence where its code is not known, or older than codes are. */
function useUnsupportedText(): (part: UnsupportedPart) => string {
  const t = useTranslations("uploads.unsupported.reasons");
  return ({ why, reason }) => (why !== undefined && t.has(why.code as never) ? t(why.code as never, why.params as never) : reason);
}
