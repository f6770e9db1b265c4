"use client";
import type { DeviceView } from "@flotilla/contracts/views";
import { Button, Dialog, Field, Input, Notice, toast } from "@flotilla/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { type FormEvent, useId, useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";

interface TagDraft {
  id: number;
  key: string;
  value: string;
}

/** The first tag name that is there twice; null where all differ. Rows without a name are left out when saving. */
function duplicateOf(tags: readonly TagDraft[]): string | null {
  const seen = new Set<string>();
  for (const { key } of tags) {
    const name = key.trim();
    if (name !== "" && seen.has(name)) return name;
    seen.add(name);
  }
  return null;
}

export function TagsDialog({ device, onOpenChange }: { device: DeviceView; onOpenChange: (open: boolean) => void }) {
  const t = useTranslations("device.tags");
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const formId = useId();
  const [tags, setTags] = useState<TagDraft[]>(() => Object.entries(device.tags).map(([key, value], id) => ({ id, key, value })));
  const say = useErrorText();
  const save = useMutation(
    trpc.devices.setTags.mutationOptions({
      onSuccess: async () => {
        toast.success(t("done"));
        onOpenChange(false);
        await queryClient.invalidateQueries(trpc.devices.pathFilter());
      },
    }),
  );
  const duplicate = duplicateOf(tags);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (duplicate !== null) return;
    save.mutate({
      id: device.id,
      tags: Object.fromEntries(tags.filter(({ key }) => key.trim() !== "").map(({ key, value }) => [key.trim(), value.trim()])),
    });
  };
  const change = (id: number, part: Partial<TagDraft>) => setTags(tags.map((tag) => (tag.id === id ? { ...tag, ...part } : tag)));
  const add = () => setTags([...tags, { id: Math.max(-1, ...tags.map((tag) => tag.id)) + 1, key: "", value: "" }]);
  return (
    <Dialog
      open
      onOpenChange={onOpenChange}
      size="sm"
      title={t("title", { name: device.name })}
      description={t("text")}
      footer={
        <Button type="submit" form={formId} variant="primary" pending={save.isPending} disabled={duplicate !== null}>
          {t("save")}
        </Button>
      }
    >
      <form id={formId} onSubmit={submit} className="flex flex-col gap-2" noValidate>
        {save.error !== null && <Notice kind="bad">{say(save.error)}</Notice>}
        {duplicate !== null && <Notice kind="warn">{t("duplicate", { tag: duplicate })}</Notice>}
        {tags.map((tag) => (
          <div key={tag.id} className="grid grid-cols-[1fr_1fr_auto] items-end gap-2">
            <Field label={t("key")} hideLabel={tag !== tags[0]}>
              <Input value={tag.key} maxLength={64} onChange={(event) => change(tag.id, { key: event.target.value })} />
            </Field>
            <Field label={t("value")} hideLabel={tag !== tags[0]}>
              <Input value={tag.value} maxLength={256} onChange={(event) => change(tag.id, { value: event.target.value })} />
            </Field>
            <Button
              variant="ghost"
              size="icon"
              aria-label={t("remove", { tag: tag.key })}
              onClick={() => setTags(tags.filter((each) => each.id !== tag.id))}
            >
              <X size={14} aria-hidden />
            </Button>
          </div>
        ))}
        <Button className="self-start" size="sm" icon={<Plus size={14} aria-hidden />} onClick={add}>
          {t("add")}
        </Button>
      </form>
    </Dialog>
  );
}
