"use client";
import type { GroupView } from "@flotilla/contracts/views";
import { AppLink, Button, Chip, Menu, MenuItem, MenuSeparator, RelativeTime, Td, Tr, useFormat } from "@flotilla/ui";
import { Ellipsis } from "lucide-react";
import { useTranslations } from "next-intl";
import { ConditionChips } from "../devices/filter/condition-chips.tsx";
import { devicesHref } from "../devices/filter/devices-href.ts";

export interface GroupRowProps {
  group: GroupView;
  selected: boolean;
  mayWrite: boolean;
  mayRollOut: boolean;
  onEdit: () => void;
  onDelete: () => void;
}

export function GroupRow({ group, selected, ...menu }: GroupRowProps) {
  const t = useTranslations("groups");
  const format = useFormat();
  const dynamic = group.kind === "dynamic";
  return (
    <Tr selected={selected}>
      <Td>
        <span className="inline-flex items-center gap-2 font-medium">
          {dynamic ? (
            <AppLink href={devicesHref(group.filter)} className="hover:underline">
              {group.name}
            </AppLink>
          ) : (
            group.name
          )}
          <Chip>{t(`kinds.${group.kind}`)}</Chip>
        </span>
        <div className="mt-1 sm:hidden">
          <Rule group={group} />
        </div>
      </Td>
      <Td className="max-sm:hidden">
        <Rule group={group} />
      </Td>
      <Td numeric>{format.number(group.deviceCount, 0)}</Td>
      <Td numeric>{format.number(group.onlineCount, 0)}</Td>
      <Td className="max-sm:hidden">
        <RelativeTime at={group.createdAt} className="whitespace-nowrap text-muted" />
      </Td>
      <Td numeric>
        <GroupMenu group={group} {...menu} />
      </Td>
    </Tr>
  );
}

/** Which devices: the filter, or how many were chosen. */
function Rule({ group }: { group: GroupView }) {
  const t = useTranslations("groups");
  if (group.kind === "dynamic") return <ConditionChips filter={group.filter} />;
  return <span className="text-muted">{t("listOf", { count: group.deviceCount })}</span>;
}

/** What can be done with a group; nothing where there would be nothing in it. */
function GroupMenu({ group, mayWrite, mayRollOut, onEdit, onDelete }: Omit<GroupRowProps, "selected">) {
  const t = useTranslations("groups");
  const dynamic = group.kind === "dynamic";
  if (!dynamic && !mayRollOut && !mayWrite) return null;
  return (
    <Menu
      trigger={
        <Button variant="ghost" size="icon" aria-label={t("menu", { name: group.name })}>
          <Ellipsis size={16} aria-hidden />
        </Button>
      }
    >
      {dynamic && <MenuItem href={devicesHref(group.filter)}>{t("showDevices")}</MenuItem>}
      {mayRollOut && <MenuItem href={`/rollouts/new?group=${group.id}`}>{t("rollOut")}</MenuItem>}
      {mayWrite && (
        <>
          <MenuItem onSelect={onEdit}>{t("edit")}</MenuItem>
          <MenuSeparator />
          <MenuItem danger onSelect={onDelete}>
            {t("delete")}
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
