"use client";
import { Button, Dialog, Field, Input, Notice } from "@flotilla/ui";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { useErrorText } from "./use-reason-text.ts";

export interface Renaming {
  /** Of the button that does it. */
  label: string;
  title: string;
  text?: string;
  field: string;
  run: (name: string) => Promise<unknown>;
}

const MAX_LENGTH = 120;

/** Asks for another name, and says why one was not taken. */
export function RenameDialog({ name, label, title, text, field, run, onClose }: Renaming & { name: string; onClose: () => void }) {
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
