"use client";
import { hasGraph } from "@flotilla/contracts";
import type { ModelVersionView } from "@flotilla/contracts/views";
import { EmptyState, Field, Select } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { parseAsString, useQueryStates } from "nuqs";
import { useVariantDetail } from "../use-variant-detail.ts";
import { GraphLoader } from "./graph-loader.tsx";
import { GraphViewer } from "./graph-viewer.tsx";
import { useGraphView } from "./use-graph-view.ts";

/** The graph of a version, or of one of its variants. */
export function GraphTab({ version }: { version: ModelVersionView }) {
  const t = useTranslations("graph");
  // Another variant has other nodes: what was selected goes with the choice.
  const [{ variant: chosen }, set] = useQueryStates({ variant: parseAsString, node: parseAsString });
  const variant =
    version.variants.find(({ id }) => id === chosen) ?? version.variants.find(({ isSource }) => isSource) ?? version.variants[0];
  if (variant === undefined) return <EmptyState title={t("none")} />;
  return (
    <div className="flex flex-col gap-3">
      {version.variants.length > 1 ? (
        <Field label={t("variant")} hideLabel className="w-72 max-w-full">
          <Select
            value={variant.id}
            onChange={(event) => void set({ variant: event.target.value, node: null })}
            options={version.variants.map(({ id, name }) => ({ value: id, label: name }))}
          />
        </Field>
      ) : null}
      {hasGraph(variant.format) ? (
        <VariantGraph
          key={variant.id}
          variantId={variant.id}
          label={t("label", { name: `${version.modelName} ${version.version}, ${variant.name}` })}
          fileName={`${version.modelName}-${version.version}-${variant.name}-nodes`}
        />
      ) : (
        <EmptyState title={t("notDrawn", { name: variant.name })}>{t("notDrawnText")}</EmptyState>
      )}
    </div>
  );
}

function VariantGraph({ variantId, label, fileName }: { variantId: string; label: string; fileName: string }) {
  const query = useGraphView(variantId);
  // The picture does not wait for it.
  const detail = useVariantDetail(variantId);
  return (
    <GraphLoader query={query} variantId={variantId}>
      {(view) => <GraphViewer view={view} label={label} fileName={fileName} detail={detail.data} />}
    </GraphLoader>
  );
}
