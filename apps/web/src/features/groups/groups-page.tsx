"use client";
import type { GroupView } from "@flotilla/contracts/views";
import { Button, Card, ConfirmDialog, EmptyState, PageHeader, SkeletonRows, Table, Th, toast } from "@flotilla/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Network, Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { parseAsBoolean, parseAsString, useQueryState } from "nuqs";
import { type ReactNode, useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { useSession } from "../shell/session.tsx";
import { GroupOverlap } from "./group-overlap.tsx";
import { GroupRow } from "./group-row.tsx";

const GroupDialog = dynamic(async () => (await import("./group-dialog.tsx")).GroupDialog, { ssr: false });

export function GroupsPage() {
  const t = useTranslations("groups");
  const trpc = useTRPC();
  const session = useSession();
  const groups = useQuery(trpc.groups.list.queryOptions());
  const [making, setMaking] = useQueryState("new", parseAsBoolean.withDefault(false));
  const [editing, setEditing] = useState<GroupView | null>(null);
  const mayWrite = session.can("group:write");
  const newButton = mayWrite && (
    <Button variant="primary" icon={<Plus size={14} aria-hidden />} onClick={() => void setMaking(true)}>
      {t("new")}
    </Button>
  );
  return (
    <>
      <PageHeader
        title={groups.data === undefined ? t("table") : t("title", { count: groups.data.length })}
        actions={groups.data?.length === 0 ? undefined : newButton}
      >
        {t("text")}
      </PageHeader>
      <QueryView query={groups} skeleton={<SkeletonRows />}>
        {(list) => (list.length === 0 ? <NoGroups action={newButton} /> : <GroupList groups={list} onEdit={setEditing} />)}
      </QueryView>
      {making && mayWrite && <GroupDialog open onOpenChange={(open: boolean) => void setMaking(open ? true : null)} />}
      {editing !== null && (
        <GroupDialog
          open
          group={editing}
          onOpenChange={(open: boolean) => {
            if (!open) setEditing(null);
          }}
        />
      )}
    </>
  );
}

function NoGroups({ action }: { action: ReactNode }) {
  const t = useTranslations("groups.empty");
  return (
    <EmptyState title={t("title")} icon={<Network size={24} />} action={action}>
      {t("text")}
    </EmptyState>
  );
}

function GroupList({ groups, onEdit }: { groups: GroupView[]; onEdit: (group: GroupView) => void }) {
  const t = useTranslations("groups");
  const session = useSession();
  const [selected] = useQueryState("group", parseAsString);
  const [deleting, setDeleting] = useState<GroupView | null>(null);
  const remove = useDeleteGroup();
  return (
    <>
      <Card flush>
        <Table label={t("table")}>
          <thead>
            <tr>
              <Th>{t("columns.name")}</Th>
              <Th className="max-sm:hidden">{t("columns.rule")}</Th>
              <Th numeric>{t("columns.devices")}</Th>
              <Th numeric>{t("columns.online")}</Th>
              <Th className="max-sm:hidden">{t("columns.created")}</Th>
              <Th>
                <span className="sr-only">{t("columns.actions")}</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {groups.map((group) => (
              <GroupRow
                key={group.id}
                group={group}
                selected={group.id === selected}
                mayWrite={session.can("group:write")}
                mayRollOut={session.can("rollout:write")}
                onEdit={() => onEdit(group)}
                onDelete={() => setDeleting(group)}
              />
            ))}
          </tbody>
        </Table>
      </Card>
      <GroupOverlap groups={groups} />
      {deleting !== null && (
        <ConfirmDialog
          open
          onOpenChange={(open: boolean) => {
            if (!open) setDeleting(null);
          }}
          danger
          title={t("deleteTitle", { name: deleting.name })}
          reach={t("deleteReach", { count: deleting.deviceCount })}
          confirmLabel={t("delete")}
          onConfirm={() => remove(deleting)}
        />
      )}
    </>
  );
}

function useDeleteGroup() {
  const t = useTranslations("groups");
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const remove = useMutation(trpc.groups.delete.mutationOptions());
  return async (group: GroupView) => {
    await remove.mutateAsync({ id: group.id });
    toast.success(t("deleted", { name: group.name }));
    await queryClient.invalidateQueries(trpc.groups.pathFilter());
  };
}
