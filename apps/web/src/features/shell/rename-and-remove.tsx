"use client";
import { Button, ConfirmDialog, Dialog, Field, Input, Notice } from "@flotilla/ui";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { useErrorText } from "./use-reason-text.ts";

export interface RenameAndRemoveProps {
  name: string;
  rename: { label: string; title: string; text?: string; field: string; run: (name: string) => Promise<unknown> };
  /** Taking it away: what it is called here, and what it reaches. */
  remove: { label: string; title: string; reach: string; run: () => Promise<unknown> };
  /** Further buttons. */
  children?: ReactNode;
}

/** The buttons of a thing that has a name and can be taken away, with the dialogs behind them. */
export function RenameAndRemove({ name, rename, remove, children }: RenameAndRemoveProps) {
  const [dialog, setDialog] = useState<"rename" | "remove" | null>(null);
  const close = () => setDialog(null);
  return (
    <>
      <Button variant="danger-outline" onClick={() => setDialog("remove")}>
        {remove.label}
      </Button>
      <Button onClick={() => setDialog("rename")}>{rename.label}</Button>
      {children}
      {dialog === "rename" ? <RenameDialog name={name} {...rename} onClose={close} /> : null}
      {dialog === "remove" ? (
        <ConfirmDialog
          open
          danger
          onOpenChange={(open) => (open ? undefined : close())}
          title={remove.title}
          reach={remove.reach}
          confirmLabel={remove.label}
          onConfirm={remove.run}
        />
      ) : null}
    </>
  );
}

const MAX_LENGTH = 120;

function RenameDialog({
  name,
  label,
  title,
  text,
  field,
  run,
  onClose,
}: RenameAndRemoveProps["rename"] & { name: string; onClose: () => void }) {
  const formId = useId();
  const [value, setValue] = useState(name);
  const say = useErrorText();
  const rename = useMutation({ mutationFn: run, onSuccess: onClose });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    rename.mutate(value.trim());
  };
  return (
    <Dialog
      open
      size="sm"
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={title}
      {...(text === undefined ? {} : { description: text })}
      footer={
        <Button type="submit" form={formId} variant="primary" pending={rename.isPending} disabled={value.trim() === ""}>
          {label}
        </Button>
      }
    >
      <form id={formId} onSubmit={submit} className="flex flex-col gap-3" noValidate>
        <Field label={field}>
          <Input value={value} maxLength={MAX_LENGTH} onChange={(event) => setValue(event.target.value)} />
        </Field>
        {rename.error === null ? null : <Notice kind="bad">{say(rename.error)}</Notice>}
      </form>
    </Dialog>
  );
}
