"use client";
import { Breadcrumbs, type Crumb } from "@flotilla/ui";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { createContext, type ReactNode, use, useEffect, useMemo, useState } from "react";
import { isIn, navItems, settingsItem } from "./nav-items.ts";

interface PlainCrumb {
  label: string;
  href?: string;
}

interface CrumbsContextValue {
  tail: { pathname: string; crumbs: readonly PlainCrumb[] } | null;
  setTail: (tail: { pathname: string; crumbs: readonly PlainCrumb[] } | null) => void;
}

const CrumbsContext = createContext<CrumbsContextValue>({ tail: null, setTail: () => undefined });

export function CrumbsProvider({ children }: { children: ReactNode }) {
  const [tail, setTail] = useState<CrumbsContextValue["tail"]>(null);
  const value = useMemo(() => ({ tail, setTail }), [tail]);
  return <CrumbsContext value={value}>{children}</CrumbsContext>;
}

/** Says what follows the room's name in the top bar and in the tab's title, once it is known: `useCrumbs([{label: device.name}])`. */
export function useCrumbs(crumbs: readonly PlainCrumb[] | undefined): void {
  const { setTail } = use(CrumbsContext);
  const pathname = usePathname();
  const key = crumbs === undefined ? null : JSON.stringify(crumbs);
  useEffect(() => {
    if (key === null) return undefined;
    const known = JSON.parse(key) as PlainCrumb[];
    setTail({ pathname, crumbs: known });
    const last = known.at(-1);
    if (last !== undefined) document.title = `${last.label} · Flotilla`;
    return () => setTail(null);
  }, [key, pathname, setTail]);
}

/** The room from the address, then what the page said. */
export function TopCrumbs() {
  const t = useTranslations("shell.nav");
  const pathname = usePathname();
  const { tail } = use(CrumbsContext);
  const room = [...navItems, settingsItem].find((item) => isIn(item, pathname));
  const rest = tail !== null && tail.pathname === pathname ? tail.crumbs : [];
  const items: Crumb[] = [...rest];
  if (room !== undefined)
    items.unshift(rest.length > 0 || pathname !== room.href ? { label: t(room.key), href: room.href } : { label: t(room.key) });
  return <Breadcrumbs items={items} />;
}
