"use client";
import type { ModelVersionView } from "@flotilla/contracts/views";
import { Button, Chip, CopyText, LinkButton, PageHeader, RelativeTime, Skeleton, SkeletonGroup, Tabs, useFormat } from "@flotilla/ui";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryState } from "nuqs";
import { useTRPC } from "../../trpc/client.tsx";
import { useCrumbs } from "../shell/crumbs.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { useSession } from "../shell/session.tsx";
import { describeOpsets } from "../uploads/describe-tensor.ts";

const tabs = ["card", "graph", "variants", "validation", "runs-on", "releases", "lineage", "history"] as const;

/** Each tab comes when it is opened: nobody needs all of them to see one. */
const loading = () => <TabSkeleton />;
const CardTab = dynamic(() => import("./card-tab.tsx").then((module) => module.CardTab), { loading });
const GraphTab = dynamic(() => import("./graph/graph-tab.tsx").then((module) => module.GraphTab), { loading });
const VariantsTab = dynamic(() => import("./variants-tab.tsx").then((module) => module.VariantsTab), { loading });
const ValidationTab = dynamic(() => import("./validation-tab.tsx").then((module) => module.ValidationTab), { loading });
const RunsOnTab = dynamic(() => import("./runs-on-tab.tsx").then((module) => module.RunsOnTab), { loading });
const ReleaseTable = dynamic(() => import("../releases/release-table.tsx").then((module) => module.ReleaseTable), { loading });
const LineageTab = dynamic(() => import("./lineage-tab.tsx").then((module) => module.LineageTab), { loading });
const HistoryTab = dynamic(() => import("./history-tab.tsx").then((module) => module.HistoryTab), { loading });
const OptimiseDialog = dynamic(() => import("../jobs/optimise-dialog.tsx").then((module) => module.OptimiseDialog));
const ReleaseDialog = dynamic(() => import("../releases/release-dialog.tsx").then((module) => module.ReleaseDialog));

/** One model version: what it is, what became of it, what it is worth, where it runs. */
export function VersionPage({ modelId, versionId }: { modelId: string; versionId: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.models.version.queryOptions({ id: versionId }));
  const version = query.data;
  useCrumbs(
    version === undefined ? undefined : [{ label: version.modelName, href: `/models/${modelId}` }, { label: String(version.version) }],
  );
  return (
    <QueryView page query={query} skeleton={<VersionSkeleton />}>
      {(data) => <VersionView version={data} />}
    </QueryView>
  );
}

function VersionView({ version }: { version: ModelVersionView }) {
  const t = useTranslations("models.version");
  const pathname = usePathname();
  const [tab, setTab] = useQueryState("tab", parseAsStringLiteral(tabs).withDefault(version.variants.length > 1 ? "variants" : "card"));
  const [optimising, setOptimising] = useQueryState("optimise", parseAsBoolean.withDefault(false));
  const [releasing, setReleasing] = useQueryState("release", parseAsString);
  const counts: Partial<Record<(typeof tabs)[number], number>> = { variants: version.variants.length, releases: version.releases.length };
  return (
    <>
      <VersionHeader version={version} onOptimise={() => void setOptimising(true)} onRelease={(id) => void setReleasing(id)} />
      <Tabs
        label={t("tabs.label")}
        current={tab}
        className="mb-4"
        items={tabs.map((key) => {
          const count = counts[key];
          return { key, label: t(`tabs.${key}`), href: `${pathname}?tab=${key}`, ...(count === undefined ? {} : { count }) };
        })}
      />
      {tab === "card" ? <CardTab key={version.id} version={version} /> : null}
      {tab === "graph" ? <GraphTab version={version} /> : null}
      {tab === "variants" ? (
        <VariantsTab version={version} onOptimise={() => void setOptimising(true)} onRelease={(id: string) => void setReleasing(id)} />
      ) : null}
      {tab === "validation" ? <ValidationTab version={version} /> : null}
      {tab === "runs-on" ? <RunsOnTab version={version} /> : null}
      {tab === "releases" ? <ReleaseTable releases={version.releases} emptyHint={t("noReleases")} /> : null}
      {tab === "lineage" ? <LineageTab version={version} /> : null}
      {tab === "history" ? <HistoryTab history={version.history} /> : null}
      {optimising ? (
        <OptimiseDialog
          version={version}
          onClose={() => void setOptimising(null)}
          onStarted={() => {
            void setOptimising(null);
            void setTab("variants");
          }}
        />
      ) : null}
      {releasing === null ? null : (
        <ReleaseDialog
          version={version}
          firstVariantId={releasing}
          onClose={() => void setReleasing(null)}
          onCreated={() => {
            void setReleasing(null);
            void setTab("releases");
          }}
        />
      )}
    </>
  );
}

function VersionHeader({
  version,
  onOptimise,
  onRelease,
}: {
  version: ModelVersionView;
  onOptimise: () => void;
  onRelease: (variantId: string) => void;
}) {
  const t = useTranslations("models.version");
  const tFormats = useTranslations("uploads.verdict.formats");
  const format = useFormat();
  const session = useSession();
  const [input] = version.inspection.inputs;
  const pick = version.variants.find((variant) => variant.id === version.recommendation?.variantId) ?? version.variants[0];
  return (
    <PageHeader
      title={`${version.modelName} ${version.version}`}
      chips={
        <Chip>
          {version.converted === null ? "" : `${tFormats(version.converted.format)} → `}
          {tFormats(version.inspection.format)} · {describeOpsets(version.inspection.opsets)}
        </Chip>
      }
      actions={
        <>
          {version.variants.length > 1 ? (
            <LinkButton href={`/models/${version.modelId}/versions/${version.id}/compare`}>{t("compare")}</LinkButton>
          ) : null}
          {session.can("job:write") ? <Button onClick={onOptimise}>{t("optimise")}</Button> : null}
          {session.can("release:write") && pick !== undefined ? (
            <Button variant="primary" onClick={() => onRelease(pick.id)}>
              {t("release", { name: pick.name })}
            </Button>
          ) : null}
        </>
      }
    >
      {t("from", { fileName: version.fileName, person: version.createdBy })} <RelativeTime at={version.createdAt} /> ·{" "}
      {t("parameters", { count: format.number(version.inspection.parameterCount) })}
      {input === undefined ? "" : ` · ${t("input", { shape: input.shape.map((size) => size ?? "?").join(" × ") })}`} · sha256{" "}
      <CopyText text={version.sha256} label="SHA-256" />
    </PageHeader>
  );
}

function TabSkeleton() {
  return (
    <SkeletonGroup>
      <Skeleton className="h-96" />
    </SkeletonGroup>
  );
}

function VersionSkeleton() {
  return (
    <div className="flex flex-col gap-4">
      <Skeleton className="h-7 w-72" />
      <Skeleton className="h-5 w-[480px] max-w-full" />
      <Skeleton className="h-9" />
      <div className="grid gap-4 lg:grid-cols-[1.55fr_1fr]">
        <Skeleton className="h-96" />
        <Skeleton className="h-96" />
      </div>
    </div>
  );
}
