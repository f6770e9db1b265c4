"use client";
import { type Role, roles } from "@flotilla/contracts";
import type { MemberView } from "@flotilla/contracts/views";
import { Button, Card, Chip, ConfirmDialog, Facts, RelativeTime, Select, Skeleton, Table, Td, Th, toast, Tr } from "@flotilla/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { parseAsBoolean, useQueryState } from "nuqs";
import { useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { useSession } from "../shell/session.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";
import { InviteDialog } from "./invite-dialog.tsx";

export function MembersSettings() {
  const t = useTranslations("settings.members");
  const trpc = useTRPC();
  const session = useSession();
  const members = useQuery(trpc.members.list.queryOptions());
  const [inviting, setInviting] = useQueryState("invite", parseAsBoolean.withDefault(false));
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[1fr_22rem]">
      <QueryView query={members} skeleton={<Skeleton className="h-64" />}>
        {(list) => (
          <Card
            flush
            title={t("title", { count: list.length })}
            aside={
              session.can("member:write") ? (
                <Button variant="primary" onClick={() => void setInviting(true)}>
                  {t("invite")}
                </Button>
              ) : undefined
            }
          >
            <MemberTable members={list} />
          </Card>
        )}
      </QueryView>
      <RoleTable />
      {inviting && <InviteDialog onOpenChange={(open) => void setInviting(open ? true : null)} />}
    </div>
  );
}

function RoleTable() {
  const t = useTranslations("settings.members");
  const names = useTranslations("shell.roles");
  return (
    <Card title={t("rolesTitle")}>
      <Facts items={roles.map((role) => ({ label: names(role), value: t(`roleHints.${role}`) }))} />
    </Card>
  );
}

function MemberTable({ members }: { members: MemberView[] }) {
  const t = useTranslations("settings.members");
  const [removing, setRemoving] = useState<MemberView | null>(null);
  const actions = useMemberActions();
  return (
    <>
      <Table label={t("title", { count: members.length })}>
        <thead>
          <tr>
            <Th>{t("columns.name")}</Th>
            <Th>{t("columns.email")}</Th>
            <Th>{t("columns.role")}</Th>
            <Th>{t("columns.joined")}</Th>
            <Th>
              <span className="sr-only">{t("columns.actions")}</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {members.map((member) => (
            <MemberRow
              key={member.userId}
              member={member}
              onRole={(role) => void actions.setRole(member, role)}
              onRemove={() => setRemoving(member)}
            />
          ))}
        </tbody>
      </Table>
      {removing !== null && (
        <ConfirmDialog
          open
          onOpenChange={(open) => {
            if (!open) setRemoving(null);
          }}
          danger
          title={t("removeTitle", { name: removing.name })}
          reach={t("removeReach")}
          confirmLabel={t("remove")}
          onConfirm={() => actions.remove(removing)}
        />
      )}
    </>
  );
}

interface MemberRowProps {
  member: MemberView;
  onRole: (role: Role) => void;
  onRemove: () => void;
}

function MemberRow({ member, onRole, onRemove }: MemberRowProps) {
  const t = useTranslations("settings.members");
  const names = useTranslations("shell.roles");
  const session = useSession();
  const own = member.userId === session.user.id;
  const mayChange = session.can("member:write") && !own;
  return (
    <Tr>
      <Td className="font-medium">
        {member.name} {own && <Chip>{t("you")}</Chip>}
      </Td>
      <Td className="text-muted">{member.email}</Td>
      <Td>
        {mayChange ? (
          <Select
            className="max-w-36"
            aria-label={t("roleOf", { name: member.name })}
            value={member.role}
            onChange={(event) => onRole(roles.find((role) => role === event.target.value) ?? member.role)}
            options={roles.map((role) => ({ value: role, label: names(role) }))}
          />
        ) : (
          names(member.role)
        )}
      </Td>
      <Td>
        <RelativeTime at={member.joinedAt} className="text-muted" />
      </Td>
      <Td numeric>
        {mayChange && (
          <Button variant="ghost" size="sm" aria-label={t("removeOf", { name: member.name })} onClick={onRemove}>
            {t("remove")}
          </Button>
        )}
      </Td>
    </Tr>
  );
}

function useMemberActions() {
  const t = useTranslations("settings");
  const say = useErrorText();
  const names = useTranslations("shell.roles");
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const setRole = useMutation(trpc.members.setRole.mutationOptions());
  const remove = useMutation(trpc.members.remove.mutationOptions());
  const refresh = () => queryClient.invalidateQueries(trpc.members.pathFilter());
  return {
    setRole: async (member: MemberView, role: Role) => {
      try {
        await setRole.mutateAsync({ userId: member.userId, role });
        toast.success(t("members.roleChanged", { name: member.name, role: names(role) }));
      } catch (error) {
        toast.error(t("failed", { reason: say(error) }));
      }
      await refresh();
    },
    remove: async (member: MemberView) => {
      await remove.mutateAsync({ userId: member.userId });
      toast.success(t("members.removed", { name: member.name }));
      await refresh();
    },
  };
}
