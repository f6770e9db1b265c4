"use client";
import type { EnrolmentTokenView } from "@flotilla/contracts/views";
import {
  Button,
  Card,
  ConfirmDialog,
  EmptyState,
  LinkButton,
  RelativeTime,
  Skeleton,
  StateChip,
  type StateKind,
  Table,
  Td,
  Th,
  toast,
  Tr,
  useNow,
} from "@flotilla/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { useSession } from "../shell/session.tsx";
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
  const [revoking, setRevoking] = useState<EnrolmentTokenView | null>(null);
  const revoke = useRevokeToken();
  return (
    <>
      <Table label={t("title", { count: tokens.length })}>
        <thead>
          <tr>
            <Th>{t("columns.name")}</Th>
            <Th>{t("columns.state")}</Th>
            <Th>{t("columns.group")}</Th>
            <Th numeric>{t("columns.uses")}</Th>
            <Th>{t("columns.expires")}</Th>
            <Th>
              <span className="sr-only">{t("columns.actions")}</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <TokenRow key={token.id} token={token} onRevoke={() => setRevoking(token)} />
          ))}
        </tbody>
      </Table>
      {revoking !== null && (
        <ConfirmDialog
          open
          onOpenChange={(open) => {
            if (!open) setRevoking(null);
          }}
          danger
          title={t("revokeTitle", { name: revoking.name })}
          reach={t("revokeReach", { uses: revoking.uses })}
          confirmLabel={t("revoke")}
          onConfirm={() => revoke(revoking)}
        />
      )}
    </>
  );
}

function TokenRow({ token, onRevoke }: { token: EnrolmentTokenView; onRevoke: () => void }) {
  const t = useTranslations("settings.tokens");
  const session = useSession();
  const state = tokenState(token, useNow());
  return (
    <Tr>
      <Td className="font-medium">{token.name}</Td>
      <Td>
        <StateChip kind={KINDS[state]}>{t(`states.${state}`)}</StateChip>
      </Td>
      <Td className="text-muted">{token.groupName ?? t("noGroup")}</Td>
      <Td numeric>{t("uses", { uses: token.uses, max: token.maxUses })}</Td>
      <Td>
        <RelativeTime at={token.expiresAt} className="whitespace-nowrap text-muted" />
      </Td>
      <Td numeric>
        {state === "usable" && session.can("token:write") && (
          <Button variant="ghost" size="sm" aria-label={t("revokeOf", { name: token.name })} onClick={onRevoke}>
            {t("revoke")}
          </Button>
        )}
      </Td>
    </Tr>
  );
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
