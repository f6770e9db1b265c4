"use client";
import { roles } from "@flotilla/contracts";
import type { MemberView } from "@flotilla/contracts/views";
import { Button, Card, Chip, Facts, RelativeTime, Skeleton, toast } from "@flotilla/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { parseAsBoolean, useQueryState } from "nuqs";
import { useTRPC } from "../../trpc/client.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { useSession } from "../shell/session.tsx";
import { InviteDialog } from "./invite-dialog.tsx";
import { MemberRole } from "./member-role.tsx";
import { RecordTable } from "./record-table.tsx";

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
      {inviting && session.can("member:write") && <InviteDialog onOpenChange={(open) => void setInviting(open ? true : null)} />}
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
  const session = useSession();
  const remove = useRemoveMember();
  // Nobody takes the last owner away by taking himself away.
  const mayChange = (member: MemberView) => session.can("member:write") && member.userId !== session.user.id;
  return (
    <RecordTable
      label={t("title", { count: members.length })}
      actionsLabel={t("columns.actions")}
      rows={members}
      keyOf={(member) => member.userId}
      columns={[
        { key: "name", label: t("columns.name"), cell: (member) => <NameCell member={member} own={member.userId === session.user.id} /> },
        { key: "email", label: t("columns.email"), wide: true, cell: (member) => <span className="text-muted">{member.email}</span> },
        { key: "role", label: t("columns.role"), cell: (member) => <MemberRole member={member} mayChange={mayChange(member)} /> },
        {
          key: "joined",
          label: t("columns.joined"),
          wide: true,
          cell: (member) => <RelativeTime at={member.joinedAt} className="whitespace-nowrap text-muted" />,
        },
      ]}
      end={{
        label: t("remove"),
        labelOf: (member) => t("removeOf", { name: member.name }),
        offered: mayChange,
        title: (member) => t("removeTitle", { name: member.name }),
        reach: () => t("removeReach"),
        run: remove,
      }}
    />
  );
}

function NameCell({ member, own }: { member: MemberView; own: boolean }) {
  const t = useTranslations("settings.members");
  return (
    <>
      <span className="font-medium">{member.name}</span> {own && <Chip>{t("you")}</Chip>}
      <div className="break-all text-muted text-xs sm:hidden">{member.email}</div>
    </>
  );
}

function useRemoveMember() {
  const t = useTranslations("settings.members");
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const remove = useMutation(trpc.members.remove.mutationOptions());
  return async (member: MemberView) => {
    await remove.mutateAsync({ userId: member.userId });
    toast.success(t("removed", { name: member.name }));
    await queryClient.invalidateQueries(trpc.members.pathFilter());
  };
}
