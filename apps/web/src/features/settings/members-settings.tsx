"use client";
import { roles } from "@flotilla/contracts";
import type { MemberView } from "@flotilla/contracts/views";
import { Button, Card, Chip, Facts, RelativeTime, SkeletonRows, toast } from "@flotilla/ui";
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
      <QueryView query={members} skeleton={<SkeletonRows />}>
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

/** Nobody takes the last owner away by taking himself away. */
function useMayChange(): (member: MemberView) => boolean {
  const session = useSession();
  return (member) => session.can("member:write") && member.userId !== session.user.id;
}

function MemberTable({ members }: { members: MemberView[] }) {
  const t = useTranslations("settings.members");
  const mayChange = useMayChange();
  const remove = useRemoveMember();
  return (
    <RecordTable
      label={t("title", { count: members.length })}
      actionsLabel={t("columns.actions")}
      rows={members}
      keyOf={(member) => member.userId}
      columns={[
        { key: "name", label: t("columns.name"), Cell: NameCell },
        { key: "email", label: t("columns.email"), wide: true, Cell: EmailCell },
        { key: "role", label: t("columns.role"), Cell: RoleCell },
        { key: "joined", label: t("columns.joined"), wide: true, Cell: JoinedCell },
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

interface CellProps {
  row: MemberView;
}

function NameCell({ row }: CellProps) {
  const t = useTranslations("settings.members");
  const session = useSession();
  return (
    <>
      <span className="font-medium">{row.name}</span> {row.userId === session.user.id && <Chip>{t("you")}</Chip>}
      <div className="break-all text-muted text-xs sm:hidden">{row.email}</div>
    </>
  );
}

function EmailCell({ row }: CellProps) {
  return <span className="text-muted">{row.email}</span>;
}

function RoleCell({ row }: CellProps) {
  return <MemberRole member={row} mayChange={useMayChange()(row)} />;
}

function JoinedCell({ row }: CellProps) {
  return <RelativeTime at={row.joinedAt} className="whitespace-nowrap text-muted" />;
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
