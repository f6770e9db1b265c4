"use client";
import { type ReactNode, useState } from "react";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Field } from "./field.tsx";
import { Input } from "./input.tsx";
import { useUi } from "./lib/ui-provider.tsx";
import { Notice } from "./states.tsx";

export interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  /** What it will touch, with numbers: "138 devices, no download, about 4 s". */
  reach: ReactNode;
  confirmLabel: string;
  danger?: boolean;
  /** The word that has to be typed first; for what cannot be undone. */
  typeToConfirm?: string;
  /** The dialog stays open and pending until this settles, closes when it fulfils and shows the error when it rejects. */
  onConfirm: () => Promise<unknown>;
  children?: ReactNode;
}

/** Asks before something that reaches far. Never optimistic: it closes when the server has agreed. */
export function ConfirmDialog({
  open,
  onOpenChange,
  title,
  reach,
  confirmLabel,
  danger = false,
  typeToConfirm,
  onConfirm,
  children,
}: ConfirmDialogProps) {
  const { labels, sayError } = useUi();
  const [typed, setTyped] = useState("");
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const change = (next: boolean) => {
    if (pending) return;
    setTyped("");
    setFailure(null);
    onOpenChange(next);
  };
  const confirm = async () => {
    setPending(true);
    setFailure(null);
    try {
      await onConfirm();
      setTyped("");
      onOpenChange(false);
    } catch (error) {
      setFailure(sayError(error));
    } finally {
      setPending(false);
    }
  };
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      size="sm"
      title={title}
      description={reach}
      footer={
        <>
          <Button onClick={() => change(false)} disabled={pending}>
            {labels.cancel}
          </Button>
          <Button
            variant={danger ? "danger" : "primary"}
            pending={pending}
            disabled={typeToConfirm !== undefined && typed.trim() !== typeToConfirm}
            onClick={() => void confirm()}
          >
            {confirmLabel}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 empty:hidden">
        {children}
        {typeToConfirm !== undefined && (
          <Field label={labels.typeToConfirm(typeToConfirm)}>
            <Input value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" spellCheck={false} />
          </Field>
        )}
        {failure !== null && <Notice kind="bad">{failure}</Notice>}
      </div>
    </Dialog>
  );
}
