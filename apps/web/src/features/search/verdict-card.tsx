"use client";
import type { SearchFindings } from "@flotilla/contracts";
import type { ModelVersionView, SearchView } from "@flotilla/contracts/views";
import { Button, Card, LinkButton, StateIcon, type StateKind } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { parseAsString, useQueryState } from "nuqs";
import { useSession } from "../shell/session.tsx";
import { useVerdictText } from "./use-verdict-text.ts";

const kinds: Record<NonNullable<SearchFindings["verdict"]>["outcome"], StateKind> = { recommended: "ok", barely: "warn", nothing: "bad" };

export interface VerdictCardProps {
  search: SearchView;
  findings: SearchFindings;
  version: ModelVersionView;
}

/** Which candidate, and one sentence of why; what to beware of; and the way on with the variant that was made of it. */
export function VerdictCard({ search, findings, version }: VerdictCardProps) {
  const t = useTranslations("search.verdict");
  const say = useVerdictText();
  const { verdict } = findings;
  const made = version.variants.find(({ id }) => id === search.variantId);
  if (verdict === null) return null;
  return (
    <Card title={t(`title.${verdict.outcome}`)} data-testid="search-verdict" data-outcome={verdict.outcome}>
      <p className="flex gap-2" aria-live="polite">
        <StateIcon kind={kinds[verdict.outcome]} size={16} className="mt-0.5" />
        <span>{say.why(search.goal, findings)}</span>
      </p>
      {verdict.warnings.length === 0 ? null : (
        <ul className="mt-2 flex list-none flex-col gap-1 p-0 text-muted">
          {verdict.warnings.map((warning) => (
            <li key={warning.code} className="flex gap-2">
              <StateIcon kind="warn" className="mt-0.5" />
              {say.warning(warning)}
            </li>
          ))}
        </ul>
      )}
      {made === undefined ? null : <WayOn version={version} variantId={made.id} name={made.name} />}
    </Card>
  );
}

function WayOn({ version, variantId, name }: { version: ModelVersionView; variantId: string; name: string }) {
  const t = useTranslations("search.verdict");
  const session = useSession();
  const [, setReleasing] = useQueryState("release", parseAsString);
  const address = `/models/${version.modelId}/versions/${version.id}`;
  const source = version.variants.find(({ isSource }) => isSource);
  return (
    <div className="mt-4 flex flex-wrap items-center gap-2">
      <span className="text-muted">{t("made", { name })}</span>
      <LinkButton size="sm" href={`${address}?tab=validation&variant=${variantId}`}>
        {t("proof")}
      </LinkButton>
      {source === undefined ? null : (
        <LinkButton size="sm" href={`${address}/compare?variants=${source.id},${variantId}&graph=${variantId}`}>
          {t("compare")}
        </LinkButton>
      )}
      {session.can("release:write") ? (
        <Button size="sm" onClick={() => void setReleasing(variantId)}>
          {t("release")}
        </Button>
      ) : null}
    </div>
  );
}
