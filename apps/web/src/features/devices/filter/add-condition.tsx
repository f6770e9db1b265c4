"use client";
import { type FilterNode, filterHealths } from "@flotilla/domain/filter";
import { Button, Field, Input, Popover, Select } from "@flotilla/ui";
import { useQuery } from "@tanstack/react-query";
import { ListFilter } from "lucide-react";
import { useTranslations } from "next-intl";
import { type FormEvent, useId, useState } from "react";
import { useTRPC } from "../../../trpc/client.tsx";
import { deviceReasons } from "../device-reasons.ts";
import { addCondition } from "./edit-conditions.ts";
import { useFilterVocabulary } from "./use-filter-vocabulary.ts";

export interface AddConditionProps {
  filter: string;
  onChange: (filter: string) => void;
}

const conditionKinds = ["health", "online", "profile", "tag", "model", "release", "reason"] as const;
type ConditionKind = (typeof conditionKinds)[number];

interface Draft {
  kind: ConditionKind;
  value: string;
  tagKey: string;
}

function toCondition(draft: Draft): FilterNode | null {
  const value = draft.value.trim();
  if (draft.kind === "tag") {
    const key = draft.tagKey.trim();
    return key === "" ? null : { kind: "is", subject: { tag: key }, values: [value] };
  }
  if (value === "") return null;
  if (draft.kind === "online") return value === "true" ? { kind: "online" } : { kind: "not", item: { kind: "online" } };
  return { kind: "is", subject: { field: draft.kind }, values: [value] };
}

/** A button that asks for one more condition. */
export function AddCondition({ filter, onChange }: AddConditionProps) {
  const t = useTranslations("devices.filter");
  const [open, setOpen] = useState(false);
  const [draft, setDraft] = useState<Draft>({ kind: "health", value: "", tagKey: "" });
  const { fields, tags } = useFilterVocabulary(open);
  const condition = toCondition(draft);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (condition === null) return;
    onChange(addCondition(filter, condition));
    setDraft({ ...draft, value: "", tagKey: "" });
    setOpen(false);
  };
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      title={t("addTitle")}
      trigger={
        <Button icon={<ListFilter size={14} aria-hidden />} aria-haspopup="dialog">
          {t("add")}
        </Button>
      }
    >
      <form className="flex flex-col gap-3" onSubmit={submit}>
        <Field label={t("kind")}>
          <Select
            value={draft.kind}
            onChange={(event) =>
              setDraft({ kind: conditionKinds.find((kind) => kind === event.target.value) ?? "health", value: "", tagKey: "" })
            }
            options={conditionKinds.map((kind) => ({ value: kind, label: t(`kinds.${kind}`) }))}
          />
        </Field>
        <ConditionValue draft={draft} setDraft={setDraft} profiles={fields.profile ?? []} tagKeys={Object.keys(tags)} />
        <Button type="submit" variant="primary" disabled={condition === null}>
          {t("apply")}
        </Button>
      </form>
    </Popover>
  );
}

interface ConditionValueProps {
  draft: Draft;
  setDraft: (draft: Draft) => void;
  /** What is known of the fleet, offered while typing. */
  profiles: readonly string[];
  tagKeys: readonly string[];
}

function ConditionValue({ draft, setDraft, profiles, tagKeys }: ConditionValueProps) {
  const t = useTranslations("devices.filter");
  const listId = useId();
  const set = (value: string) => setDraft({ ...draft, value });
  if (draft.kind === "tag") {
    return (
      <div className="grid grid-cols-2 gap-2">
        <Field label={t("tagKey")}>
          <Input
            list={listId}
            value={draft.tagKey}
            onChange={(event) => setDraft({ ...draft, tagKey: event.target.value })}
            placeholder="site"
          />
        </Field>
        <Field label={t("tagValue")}>
          <Input value={draft.value} onChange={(event) => set(event.target.value)} placeholder="hafen" />
        </Field>
        <Suggestions id={listId} values={tagKeys} />
      </div>
    );
  }
  if (draft.kind === "profile") {
    return (
      <Field label={t("value")}>
        <Input list={listId} value={draft.value} onChange={(event) => set(event.target.value)} placeholder="linux-x64-cpu" />
        <Suggestions id={listId} values={profiles} />
      </Field>
    );
  }
  return <ChosenValue kind={draft.kind} value={draft.value} onChange={set} />;
}

function Suggestions({ id, values }: { id: string; values: readonly string[] }) {
  return (
    <datalist id={id}>
      {values.map((value) => (
        <option key={value} value={value}>
          {value}
        </option>
      ))}
    </datalist>
  );
}

function ChosenValue({
  kind,
  value,
  onChange,
}: {
  kind: "health" | "online" | "model" | "release" | "reason";
  value: string;
  onChange: (value: string) => void;
}) {
  const t = useTranslations("devices");
  const trpc = useTRPC();
  const models = useQuery(trpc.models.list.queryOptions({ limit: 100 }, { enabled: kind === "model" }));
  const releases = useQuery(trpc.releases.list.queryOptions({}, { enabled: kind === "release" }));
  const options = {
    health: () => filterHealths.map((health) => ({ value: health, label: t(`health.${health}`) })),
    online: () => [
      { value: "true", label: t("filter.online") },
      { value: "false", label: t("filter.offline") },
    ],
    model: () => (models.data?.items ?? []).map((model) => ({ value: model.name, label: model.name })),
    reason: () => deviceReasons.map((reason) => ({ value: reason, label: t(`reasons.${reason}`) })),
    release: () => (releases.data ?? []).map((release) => ({ value: release.name, label: release.name })),
  }[kind]();
  return (
    <Field label={t("filter.value")}>
      <Select value={value} onChange={(event) => onChange(event.target.value)} placeholder="…" options={options} />
    </Field>
  );
}
