"use client";
import type { ModelView } from "@flotilla/contracts/views";
import {
  AppLink,
  Button,
  Card,
  ConfirmDialog,
  CopyText,
  Dialog,
  Field,
  Input,
  Notice,
  PageHeader,
  RelativeTime,
  Skeleton,
  Table,
  Td,
  Th,
  Tr,
  useFormat,
} from "@flotilla/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { useCrumbs } from "../shell/crumbs.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { useSession } from "../shell/session.tsx";
import { FilePicker } from "../uploads/file-picker.tsx";
import { accepts, UploadPanel } from "../uploads/upload-panel.tsx";
import { useUploads } from "../uploads/uploads-provider.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";

/** A model line: its versions, and the way to a next one. */
export function ModelPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.models.get.queryOptions({ id }));
  useCrumbs(query.data === undefined ? undefined : [{ label: query.data.name }]);
  return (
    <QueryView page query={query} skeleton={<Skeleton className="h-64" />}>
      {(model) => <ModelVersions model={model} />}
    </QueryView>
  );
}

function ModelVersions({ model }: { model: ModelView }) {
  const t = useTranslations("models.line");
  const format = useFormat();
  const session = useSession();
  const { start } = useUploads();
  const [dialog, setDialog] = useState<"rename" | "archive" | null>(null);
  return (
    <>
      <PageHeader
        title={model.name}
        actions={
          session.can("model:write") ? (
            <>
              <Button variant="danger-outline" onClick={() => setDialog("archive")}>
                {t("archive")}
              </Button>
              <Button onClick={() => setDialog("rename")}>{t("rename")}</Button>
              <FilePicker
                accept={accepts.model}
                label={t("newVersion")}
                variant="primary"
                multiple={false}
                onFiles={([file]) => (file === undefined ? undefined : start(file, { kind: "model", targetModelId: model.id }))}
              />
            </>
          ) : undefined
        }
      >
        {t("subtitle", { count: model.versions.length })}
      </PageHeader>
      <UploadPanel kind="model" />
      <Card flush>
        <Table label={t("versions")}>
          <thead>
            <tr>
              <Th>{t("version")}</Th>
              <Th numeric>{t("size")}</Th>
              <Th>SHA-256</Th>
              <Th>{t("uploaded")}</Th>
              <Th>{t("by")}</Th>
            </tr>
          </thead>
          <tbody>
            {model.versions.map((version) => (
              <Tr key={version.id}>
                <Td>
                  <AppLink href={`/models/${model.id}/versions/${version.id}`} className="font-semibold hover:underline">
                    {t("versionName", { version: version.version })}
                  </AppLink>
                </Td>
                <Td numeric>{format.bytes(version.sizeBytes)}</Td>
                <Td>
                  <CopyText text={version.sha256} label="SHA-256" />
                </Td>
                <Td className="text-muted">
                  <RelativeTime at={version.createdAt} />
                </Td>
                <Td className="text-muted">{version.createdBy}</Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      </Card>
      {dialog === "rename" ? <RenameDialog model={model} onClose={() => setDialog(null)} /> : null}
      {dialog === "archive" ? <ArchiveDialog model={model} onClose={() => setDialog(null)} /> : null}
    </>
  );
}

function RenameDialog({ model, onClose }: { model: ModelView; onClose: () => void }) {
  const t = useTranslations("models.line");
  const say = useErrorText();
  const trpc = useTRPC();
  const client = useQueryClient();
  const [name, setName] = useState(model.name);
  const rename = useMutation(
    trpc.models.rename.mutationOptions({
      onSuccess: async () => {
        await client.invalidateQueries(trpc.models.pathFilter());
        onClose();
      },
    }),
  );
  return (
    <Dialog
      open
      size="sm"
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={t("renameTitle", { name: model.name })}
      description={t("renameText")}
      footer={
        <Button
          variant="primary"
          pending={rename.isPending}
          disabled={name.trim() === ""}
          onClick={() => rename.mutate({ id: model.id, name: name.trim() })}
        >
          {t("rename")}
        </Button>
      }
    >
      <Field label={t("name")}>
        <Input value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />
      </Field>
      {rename.error === null ? null : (
        <Notice kind="bad" className="mt-3">
          {say(rename.error)}
        </Notice>
      )}
    </Dialog>
  );
}

function ArchiveDialog({ model, onClose }: { model: ModelView; onClose: () => void }) {
  const t = useTranslations("models.line");
  const trpc = useTRPC();
  const client = useQueryClient();
  const router = useRouter();
  const archive = useMutation(trpc.models.archive.mutationOptions());
  const confirm = async () => {
    await archive.mutateAsync({ id: model.id });
    await client.invalidateQueries(trpc.models.pathFilter());
    router.push("/models");
  };
  return (
    <ConfirmDialog
      open
      danger
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={t("archiveTitle", { name: model.name })}
      reach={t("archiveReach", { count: model.versions.length })}
      confirmLabel={t("archive")}
      onConfirm={confirm}
    />
  );
}
