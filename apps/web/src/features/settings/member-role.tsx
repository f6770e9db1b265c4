"use client";
import { type Role, roles } from "@flotilla/contracts";
import type { MemberView } from "@flotilla/contracts/views";
import { ConfirmDialog, Select, toast } from "@flotilla/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";

/** What a member may do here; another role is asked about before it is given. */
export function MemberRole({ member, mayChange }: { member: MemberView; mayChange: boolean }) {
  const t = useTranslations("settings.members");
  const names = useTranslations("shell.roles");
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [wanted, setWanted] = useState<Role | null>(null);
  const setRole = useMutation(
    trpc.members.setRole.mutationOptions({ onSettled: () => queryClient.invalidateQueries(trpc.members.pathFilter()) }),
  );
  if (!mayChange) return <span className="whitespace-nowrap">{names(member.role)}</span>;
  return (
    <>
      <Select
        className="max-w-36"
        aria-label={t("roleOf", { name: member.name })}
        value={member.role}
        onChange={(event) => setWanted(roles.find((role) => role === event.target.value && role !== member.role) ?? null)}
        options={roles.map((role) => ({ value: role, label: names(role) }))}
      />
      {wanted !== null && (
        <ConfirmDialog
          open
          onOpenChange={(open) => {
            if (!open) setWanted(null);
          }}
          title={t("changeRoleTitle", { name: member.name, from: names(member.role), to: names(wanted) })}
          reach={t("changeRoleReach", { what: t(`roleHints.${wanted}`) })}
          confirmLabel={t("changeRole", { role: names(wanted) })}
          onConfirm={async () => {
            await setRole.mutateAsync({ userId: member.userId, role: wanted });
            toast.success(t("roleChanged", { name: member.name, role: names(wanted) }));
          }}
        />
      )}
    </>
  );
}
