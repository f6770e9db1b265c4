"use client";
import type { EnrolmentTokenView } from "@flotilla/contracts/views";
import { Card, EmptyState, LinkButton, RelativeTime, Skeleton, StateChip, type StateKind, toast, useNow } from "@flotilla/ui";
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
    <QueryView query={tokens} skeleton={<Skeleton className="h-64" />}>
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
        { key: "name", label: t("columns.name"), cell: (token) => <span className="font-medium">{token.name}</span> },
        { key: "state", label: t("columns.state"), cell: (token) => <TokenChip state={tokenState(token, now)} /> },
        {
          key: "group",
          label: t("columns.group"),
          wide: true,
          cell: (token) => <span className="text-muted">{token.groupName ?? t("noGroup")}</span>,
        },
        { key: "uses", label: t("columns.uses"), numeric: true, cell: (token) => t("uses", { uses: token.uses, max: token.maxUses }) },
        { key: "expires", label: t("columns.expires"), wide: true, cell: (token) => <Expiry token={token} now={now} /> },
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

function TokenChip({ state }: { state: TokenState }) {
  const t = useTranslations("settings.tokens.states");
  return <StateChip kind={KINDS[state]}>{t(state)}</StateChip>;
}

/** A token that is over does not expire any more. */
function Expiry({ token, now }: { token: EnrolmentTokenView; now: Date }) {
  const state = tokenState(token, now);
  if (state === "revoked" || state === "used") return <span className="text-muted">–</span>;
  return <RelativeTime at={token.expiresAt} className="whitespace-nowrap text-muted" />;
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
