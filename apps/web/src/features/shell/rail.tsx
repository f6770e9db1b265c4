"use client";
import { cn, useFormat } from "@flotilla/ui";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { BrandMark } from "./brand.tsx";
import { isIn, type NavItem, navItems, settingsItem } from "./nav-items.ts";
import { useSession } from "./session.tsx";
import { useNavCounts } from "./use-nav-counts.ts";

/** The navigation at the left: where things are, and how many. */
export function Rail({ onNavigate }: { onNavigate?: () => void }) {
  const t = useTranslations("shell");
  const session = useSession();
  const counts = useNavCounts();
  const format = useFormat();
  const detail = (item: NavItem): string | undefined => {
    if (item.key === "rollouts")
      return counts.liveRollouts === undefined || counts.liveRollouts === 0 ? undefined : t("nav.live", { count: counts.liveRollouts });
    const count = counts[item.key];
    return count === undefined || count === 0 ? undefined : format.number(count, 0);
  };
  return (
    <div className="flex h-full flex-col overflow-y-auto px-3 py-4">
      <Link href="/" onClick={onNavigate} className="mb-5 flex items-center gap-2 rounded-md px-2 font-semibold text-lg leading-5">
        <BrandMark />
        {t("appName")}
      </Link>
      <nav aria-label={t("nav.label")}>
        <ul className="flex flex-col gap-px">
          {navItems
            .filter((item) => session.can(item.permission))
            .map((item) => (
              <RailLink key={item.key} item={item} label={t(`nav.${item.key}`)} detail={detail(item)} onNavigate={onNavigate} />
            ))}
        </ul>
        <p className="truncate px-2 pt-4 pb-1 text-faint text-xs">{session.organisation.name}</p>
        <ul>
          <RailLink item={settingsItem} label={t("nav.settings")} onNavigate={onNavigate} />
        </ul>
      </nav>
    </div>
  );
}

interface RailLinkProps {
  item: NavItem;
  label: string;
  detail?: string | undefined;
  onNavigate?: (() => void) | undefined;
}

function RailLink({ item, label, detail, onNavigate }: RailLinkProps) {
  const here = isIn(item, usePathname());
  const Icon = item.icon;
  return (
    <li>
      <Link
        href={item.href}
        onClick={onNavigate}
        aria-current={here ? "page" : undefined}
        className={cn(
          "flex h-8 items-center gap-2 rounded-md border px-2 -outline-offset-2",
          here ? "border-line bg-surface text-text" : "border-transparent text-muted hover:text-text",
        )}
      >
        <Icon size={16} strokeWidth={1.75} aria-hidden />
        {label}
        {detail !== undefined && <span className="ml-auto text-faint text-xs">{detail}</span>}
      </Link>
    </li>
  );
}
