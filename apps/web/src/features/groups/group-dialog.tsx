"use client";
import type { GroupView } from "@flotilla/contracts/views";
import { Button, Dialog, Field, Input, Notice, RadioGroup, toast } from "@flotilla/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type FormEvent, useId, useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { DevicePicker } from "./device-picker.tsx";
import { FilterEditor } from "./filter-editor.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";

export interface GroupDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** What a new group begins with. */
  start?: { kind: "dynamic"; filter: string } | { kind: "static"; deviceIds: string[] };
  /** The group to change. */
  group?: GroupView;
}

interface Draft {
  name: string;
  kind: "dynamic" | "static";
  filter: string;
  /** null: the list of an existing static group, left as it is. */
  deviceIds: readonly string[] | null;
}

function firstDraft({ start, group }: Pick<GroupDialogProps, "start" | "group">): Draft {
  if (group !== undefined) return { name: group.name, kind: group.kind, filter: group.filter, deviceIds: null };
  if (start?.kind === "static") return { name: "", kind: "static", filter: "", deviceIds: start.deviceIds };
  return { name: "", kind: "dynamic", filter: start?.filter ?? "", deviceIds: [] };
}

/** Makes a group, or changes one; says while it is typed how many devices it would hold. */
export function GroupDialog({ open, onOpenChange, start, group }: GroupDialogProps) {
  const t = useTranslations("groups.dialog");
  const [draft, setDraft] = useState<Draft>(() =>
    firstDraft({ ...(start === undefined ? {} : { start }), ...(group === undefined ? {} : { group }) }),
  );
  const [checked, setChecked] = useState(false);
  const formId = useId();
  const { save, pending, error } = useSaveGroup(group);
  const nameOk = draft.name.trim() !== "";
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (nameOk && (await save(draft))) onOpenChange(false);
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={group === undefined ? t("newTitle") : t("editTitle", { name: group.name })}
      footer={
        <Button type="submit" form={formId} variant="primary" pending={pending}>
          {group === undefined ? t("create") : t("save")}
        </Button>
      }
    >
      <form id={formId} className="flex flex-col gap-4" onSubmit={(event) => void submit(event)} noValidate>
        {error !== null && <Notice kind="bad">{error}</Notice>}
        <Field label={t("name")} error={checked && !nameOk ? t("nameMissing") : null}>
          <Input value={draft.name} maxLength={80} onChange={(event) => setDraft({ ...draft, name: event.target.value })} />
        </Field>
        {group === undefined && start === undefined && <KindChoice kind={draft.kind} onChange={(kind) => setDraft({ ...draft, kind })} />}
        {draft.kind === "dynamic" ? (
          <FilterEditor filter={draft.filter} onChange={(filter) => setDraft({ ...draft, filter })} />
        ) : (
          <DevicePicker groupId={group?.id} selected={draft.deviceIds} onChange={(deviceIds) => setDraft({ ...draft, deviceIds })} />
        )}
      </form>
    </Dialog>
  );
}

function KindChoice({ kind, onChange }: { kind: Draft["kind"]; onChange: (kind: Draft["kind"]) => void }) {
  const t = useTranslations("groups");
  return (
    <RadioGroup
      label={t("dialog.kind")}
      value={kind}
      onValueChange={onChange}
      options={(["dynamic", "static"] as const).map((value) => ({ value, label: t(`kindsLong.${value}`), hint: t(`kindHints.${value}`) }))}
    />
  );
}

function useSaveGroup(group: GroupView | undefined) {
  const t = useTranslations("groups.dialog");
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const create = useMutation(trpc.groups.create.mutationOptions());
  const update = useMutation(trpc.groups.update.mutationOptions());
  const say = useErrorText();
  const failed = create.error ?? update.error;
  const save = async (draft: Draft): Promise<boolean> => {
    const name = draft.name.trim();
    const listed = draft.kind === "static" && draft.deviceIds !== null ? { deviceIds: [...draft.deviceIds] } : {};
    try {
      if (group === undefined) await create.mutateAsync({ name, kind: draft.kind, filter: draft.filter, ...listed });
      else await update.mutateAsync({ id: group.id, name, filter: draft.filter, ...listed });
    } catch {
      return false;
    }
    toast.success(group === undefined ? t("created", { name }) : t("saved", { name }));
    await queryClient.invalidateQueries(trpc.groups.pathFilter());
    return true;
  };
  return { save, pending: create.isPending || update.isPending, error: failed === null ? null : say(failed) };
}
