import { Boxes, Clock, Cpu, Database, LayoutGrid, type LucideIcon, Network, Package, Settings2, Waypoints } from "lucide-react";
import type { Permission } from "@flotilla/domain";

export type NavKey = "overview" | "models" | "dataSets" | "devices" | "groups" | "releases" | "rollouts" | "jobs" | "settings";

export interface NavItem {
  key: NavKey;
  href: string;
  icon: LucideIcon;
  permission: Permission;
}

/** The rooms of the dashboard in the order of the work: from a model to the devices that run it. */
export const navItems: readonly NavItem[] = [
  { key: "overview", href: "/", icon: LayoutGrid, permission: "overview:read" },
  { key: "models", href: "/models", icon: Boxes, permission: "model:read" },
  { key: "dataSets", href: "/data-sets", icon: Database, permission: "data-set:read" },
  { key: "jobs", href: "/jobs", icon: Clock, permission: "job:read" },
  { key: "releases", href: "/releases", icon: Package, permission: "release:read" },
  { key: "devices", href: "/devices", icon: Cpu, permission: "device:read" },
  { key: "groups", href: "/groups", icon: Network, permission: "group:read" },
  { key: "rollouts", href: "/rollouts", icon: Waypoints, permission: "rollout:read" },
];

export const settingsItem: NavItem = { key: "settings", href: "/settings", icon: Settings2, permission: "settings:read" };

/** Whether a path lies in a room. */
export function isIn(item: NavItem, pathname: string): boolean {
  return item.href === "/" ? pathname === "/" : pathname === item.href || pathname.startsWith(`${item.href}/`);
}
