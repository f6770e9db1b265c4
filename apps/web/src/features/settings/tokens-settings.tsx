"use client";
import type { EnrolmentTokenView } from "@flotilla/contracts/views";
import { Card, EmptyState, LinkButton, RelativeTime, SkeletonRows, StateChip, type StateKind, toast, useNow } from "@flotilla/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useTRPC } from "../../trpc/client.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { useSession } from "../shell/session.tsx";
import { RecordTable } from "./record-table.tsx";
import { tokenState, type TokenState } from "./token-state.ts";

const KINDS: Record<TokenState, StateKind> = { usable: "ok", used: "off", expired: "off", revoked: "off" };

export function TokensSettings() {
  const t = useTranslations("settings.tokens");
  const trpc = useTRPC();
  const session = useSession();
  const tokens = useQuery(trpc.tokens.list.queryOptions());
  const add = session.can("token:write") && (
    <LinkButton variant="primary" href="/devices?add=true">
      {t("add")}
    </LinkButton>
  );
  return (
    <QueryView query={tokens} skeleton={<SkeletonRows />}>
      {(list) =>
        list.length === 0 ? (
          <EmptyState title={t("emptyTitle")} action={add}>
            {t("text")}
          </EmptyState>
        ) : (
          <Card flush title={t("title", { count: list.length })} aside={add}>
            <p className="px-4 pb-2 text-muted">{t("text")}</p>
            <TokenTable tokens={list} />
          </Card>
        )
      }
    </QueryView>
  );
}

function TokenTable({ tokens }: { tokens: EnrolmentTokenView[] }) {
  const t = useTranslations("settings.tokens");
  const session = useSession();
  const now = useNow();
  const revoke = useRevokeToken();
  return (
    <RecordTable
      label={t("title", { count: tokens.length })}
      actionsLabel={t("columns.actions")}
      rows={tokens}
      keyOf={(token) => token.id}
      columns={[
        { key: "name", label: t("columns.name"), Cell: NameCell },
        { key: "state", label: t("columns.state"), Cell: StateCell },
        { key: "group", label: t("columns.group"), wide: true, Cell: GroupCell },
        { key: "uses", label: t("columns.uses"), numeric: true, Cell: UsesCell },
        { key: "expires", label: t("columns.expires"), wide: true, Cell: ExpiryCell },
      ]}
      end={{
        label: t("revoke"),
        labelOf: (token) => t("revokeOf", { name: token.name }),
        offered: (token) => tokenState(token, now) === "usable" && session.can("token:write"),
        title: (token) => t("revokeTitle", { name: token.name }),
        reach: (token) => t("revokeReach", { uses: token.uses }),
        run: revoke,
      }}
    />
  );
}

interface CellProps {
  row: EnrolmentTokenView;
}

function NameCell({ row }: CellProps) {
  return <span className="font-medium">{row.name}</span>;
}

function StateCell({ row }: CellProps) {
  const t = useTranslations("settings.tokens.states");
  const state = tokenState(row, useNow());
  return <StateChip kind={KINDS[state]}>{t(state)}</StateChip>;
}

function GroupCell({ row }: CellProps) {
  const t = useTranslations("settings.tokens");
  return <span className="text-muted">{row.groupName ?? t("noGroup")}</span>;
}

function UsesCell({ row }: CellProps) {
  const t = useTranslations("settings.tokens");
  return <>{t("uses", { uses: row.uses, max: row.maxUses })}</>;
}

/** A token that is over does not expire any more. */
function ExpiryCell({ row }: CellProps) {
  const state = tokenState(row, useNow());
  if (state === "revoked" || state === "used") return <span className="text-muted">–</span>;
  return <RelativeTime at={row.expiresAt} className="whitespace-nowrap text-muted" />;
}

function useRevokeToken() {
  const t = useTranslations("settings.tokens");
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const revoke = useMutation(trpc.tokens.revoke.mutationOptions());
  return async (token: EnrolmentTokenView) => {
    await revoke.mutateAsync({ id: token.id });
    toast.success(t("revoked", { name: token.name }));
    await queryClient.invalidateQueries(trpc.tokens.pathFilter());
  };
}
