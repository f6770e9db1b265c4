"use client";
import type { OverviewView } from "@flotilla/contracts/views";
import { AppLink, Card, cn } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { FleetCell, SHAPES, type Shape } from "./fleet-cell.tsx";

/** Beyond this the list of devices is the better picture. */
const MOST_SHOWN = 600;

type FleetDevice = OverviewView["fleet"][number];

/** The shape of each version: the three most common have their own. */
function shapesOf(fleet: readonly FleetDevice[]): Map<string | null, Shape> {
  const counts = new Map<string | null, number>();
  for (const { versionLabel } of fleet) counts.set(versionLabel, (counts.get(versionLabel) ?? 0) + 1);
  const ranked = [...counts].sort((a, b) => b[1] - a[1]);
  return new Map(ranked.map(([label], index) => [label, SHAPES[Math.min(index, SHAPES.length - 1)] ?? "circle"]));
}

/** A cell a device, each a link; one Tab stop, arrows move inside. */
export function FleetGrid({ overview }: { overview: OverviewView }) {
  const t = useTranslations("overview.fleet");
  const { fleet } = overview;
  const shapes = useMemo(() => shapesOf(fleet), [fleet]);
  const shown = fleet.slice(0, MOST_SHOWN);
  return (
    <Card title={t("title")} aside={t("legend")}>
      {fleet.length === 0 ? (
        <p className="text-muted">{t("empty")}</p>
      ) : (
        <>
          <Cells devices={shown} shapes={shapes} />
          <p className="mt-3 text-muted text-xs">{t("summary", { healthy: overview.healthyCount, count: overview.deviceCount })}</p>
          <Legend shapes={shapes} />
          {overview.deviceCount > shown.length && (
            <AppLink href="/devices" className="text-link text-xs">
              {t("more", { count: overview.deviceCount - shown.length })}
            </AppLink>
          )}
        </>
      )}
    </Card>
  );
}

function Cells({ devices, shapes }: { devices: readonly FleetDevice[]; shapes: ReadonlyMap<string | null, Shape> }) {
  const t = useTranslations("overview.fleet");
  const words = useTranslations("devices.health");
  const list = useRef<HTMLUListElement>(null);
  const [current, setCurrent] = useState(0);
  const onKeyDown = (event: KeyboardEvent) => {
    const links = [...(list.current?.querySelectorAll("a") ?? [])];
    const step = stepFor(event.key, links);
    if (step === null) return;
    event.preventDefault();
    const next = Math.min(links.length - 1, Math.max(0, current + step));
    setCurrent(next);
    links[next]?.focus();
  };
  return (
    // The list only listens to the arrow keys of the links inside it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <ul ref={list} aria-label={t("title")} className="flex flex-wrap" onKeyDown={onKeyDown}>
      {devices.map((device, index) => {
        const label = t("cell", { name: device.name, health: words(device.health), version: device.versionLabel ?? t("nothing") });
        return (
          <li key={device.id}>
            <a
              href={`/devices/${device.id}`}
              tabIndex={index === current ? 0 : -1}
              title={label}
              aria-label={label}
              onFocus={() => setCurrent(index)}
              className={cn("flex items-center justify-center rounded-sm hover:bg-sunken", devices.length > 250 ? "size-4" : "size-6")}
            >
              <FleetCell health={device.health} shape={shapes.get(device.versionLabel) ?? "circle"} />
            </a>
          </li>
        );
      })}
    </ul>
  );
}

/** How many cells an arrow key moves: up and down go by a row, whose length the layout decides. */
function stepFor(key: string, links: readonly HTMLElement[]): number | null {
  const top = links[0]?.offsetTop;
  const inRow = Math.max(
    1,
    links.findIndex((link) => link.offsetTop !== top),
  );
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -inRow,
    ArrowDown: inRow,
    Home: -links.length,
    End: links.length,
  };
  return steps[key] ?? null;
}

function Legend({ shapes }: { shapes: ReadonlyMap<string | null, Shape> }) {
  const t = useTranslations("overview.fleet");
  const named = [...shapes].slice(0, SHAPES.length - 1);
  return (
    <ul aria-label={t("shapes")} className="mt-1 flex flex-wrap gap-x-4 gap-y-1 text-muted text-xs">
      {named.map(([label, shape]) => (
        <li key={label ?? ""} className="inline-flex items-center gap-1.5">
          <FleetCell health="healthy" shape={shape} />
          {label ?? t("nothing")}
        </li>
      ))}
      {shapes.size >= SHAPES.length && (
        <li className="inline-flex items-center gap-1.5">
          <FleetCell health="healthy" shape="triangle" />
          {t("other")}
        </li>
      )}
    </ul>
  );
}
