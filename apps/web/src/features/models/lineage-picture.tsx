"use client";
import type { LineageView } from "@flotilla/contracts/views";
import { AppLink, StateChip, useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { type LineageCard, lineageColumns, placeLineage } from "./place-lineage.ts";
import { devicesHref } from "../devices/filter/devices-href.ts";

const HEADING_PX = 28;
const STATE_KINDS = { READY: "ok", BUILDING: "busy", FAILED: "bad", WITHDRAWN: "off", INVALIDATED: "bad" } as const;

/** The picture: cards in columns, joined by lines. Scrolls sideways where it does not fit. */
export function LineagePicture({ lineage, address }: { lineage: LineageView; address: string }) {
  const t = useTranslations("models.lineage");
  const plan = placeLineage(lineage);
  const { width, height, cards, lines } = plan;
  const columns = lineageColumns.filter((kind) => cards.some((card) => card.kind === kind));
  return (
    // A scrollable region has to be reachable by keyboard (WCAG 2.1.1).
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section aria-label={t("title")} tabIndex={0} className="overflow-x-auto pb-2">
      <div className="relative" style={{ width, height: height + HEADING_PX }}>
        {columns.map((kind) => (
          <div key={kind} className="absolute top-0 text-muted text-xs" style={{ left: cards.find((card) => card.kind === kind)?.x }}>
            {t(`headings.${kind}`)}
          </div>
        ))}
        <svg aria-hidden="true" width={width} height={height} className="absolute left-0" style={{ top: HEADING_PX }}>
          {lines.map(({ from, to }) => {
            const [x1, y1, x2, y2] = [from.x + from.width, from.y + from.height / 2, to.x, to.y + to.height / 2];
            const middle = x2 - 22;
            return (
              <path
                key={`${from.key} ${to.key}`}
                d={`M${x1} ${y1}H${middle - 22}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`}
                fill="none"
                stroke="var(--line-input)"
              />
            );
          })}
        </svg>
        {cards.map((card) => (
          <div
            key={card.key}
            data-lineage={card.key}
            className="absolute flex flex-col justify-center overflow-hidden rounded-md border border-line-strong bg-surface px-3 text-sm"
            style={{ left: card.x, top: card.y + HEADING_PX, width: card.width, height: card.height }}
          >
            <CardContent card={card} lineage={lineage} address={address} />
          </div>
        ))}
      </div>
    </section>
  );
}

function CardContent({ card, lineage, address }: { card: LineageCard; lineage: LineageView; address: string }) {
  const t = useTranslations("models.lineage");
  const tFormats = useTranslations("models.variantFormats");
  const format = useFormat();
  const { file } = lineage;
  const variant = lineage.variants[card.index];
  const release = lineage.releases[card.index];
  const runs = lineage.runsOn[card.index];
  if (card.kind === "file") {
    return (
      <>
        <Title href={`${address}?tab=card`}>{file.name}</Title>
        <Quiet>{t("from", { person: file.createdBy, at: format.shortDateTime(file.createdAt) })}</Quiet>
        <Quiet>
          {format.bytes(file.sizeBytes)} · <span className="font-mono">{file.sha256.slice(0, 10)}…</span>
        </Quiet>
      </>
    );
  }
  if (card.kind === "conversion" && lineage.conversion !== null) {
    const { nodesBefore, nodesAfter, seconds, check } = lineage.conversion;
    return (
      <>
        <Title href={`${address}?tab=card`}>{t("toOnnx")}</Title>
        <Quiet>{t("nodes", { before: nodesBefore, after: nodesAfter, time: format.ms(seconds * 1000) })}</Quiet>
        <div>
          <StateChip kind={check.passed === null ? "warn" : check.passed ? "ok" : "bad"}>
            {t(check.passed === null ? "checks.unproved" : check.passed ? "checks.proved" : "checks.wrong")}
          </StateChip>
        </div>
      </>
    );
  }
  if (card.kind === "recipe" && variant !== undefined) {
    return (
      <ol className="list-none p-0">
        {variant.recipe.passes.map(({ pass }, place) => (
          <li key={`${pass}-${place}`} className="h-[18px] truncate text-xs leading-[18px]">
            <span className="text-muted tabular-nums">{place + 1}</span> {pass}
            {pass === "export" ? <span className="text-muted"> · {tFormats(variant.format)}</span> : null}
            {pass === "int8-static" && variant.calibration !== null ? <span className="text-muted"> · {variant.calibration}</span> : null}
          </li>
        ))}
      </ol>
    );
  }
  if (card.kind === "variant" && variant !== undefined) {
    return (
      <>
        <Title href={`${address}?tab=${variant.isSource ? "graph" : "validation"}&variant=${variant.id}`}>{variant.name}</Title>
        <Quiet>
          {tFormats(variant.format)} · {format.bytes(variant.sizeBytes)} ·{" "}
          {variant.createdBy ?? t(lineage.conversion === null ? "asUploaded" : "asConverted")}
        </Quiet>
      </>
    );
  }
  if (card.kind === "release" && release !== undefined) {
    return (
      <>
        <Title href={`${address}?tab=releases`}>{release.name}</Title>
        <Quiet>
          <StateChip kind={STATE_KINDS[release.state]}>{t(`states.${release.state}`)}</StateChip> {format.date(release.createdAt)}
        </Quiet>
      </>
    );
  }
  if (runs === undefined) return null;
  return <Title href={devicesHref(`releaseId = ${runs.releaseId}`)}>{t("devices", { count: runs.deviceCount })}</Title>;
}

function Title({ href, children }: { href: string; children: string }) {
  return (
    <AppLink href={href} className="text-link min-h-6 truncate leading-6" title={children}>
      {children}
    </AppLink>
  );
}

function Quiet({ children }: { children: ReactNode }) {
  return <div className="truncate text-muted text-xs">{children}</div>;
}
