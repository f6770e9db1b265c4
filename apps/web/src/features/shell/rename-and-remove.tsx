"use client";
import { Button, ConfirmDialog } from "@flotilla/ui";
import { type ReactNode, useState } from "react";
import { RenameDialog, type Renaming } from "./rename-dialog.tsx";

export interface RenameAndRemoveProps {
  name: string;
  rename: Renaming;
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
