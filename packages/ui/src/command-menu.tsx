"use client";
import { Dialog } from "@base-ui/react/dialog";
import { Command } from "cmdk";
import type { ReactNode } from "react";
import { rankCommand } from "./rank-command.ts";

export interface CommandItem {
  id: string;
  label: string;
  /** Further words that find it. */
  keywords?: string[];
  icon?: ReactNode;
  hint?: ReactNode;
  onSelect: () => void;
}

export interface CommandMenuProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  label: string;
  placeholder: string;
  empty: string;
  groups: readonly { label: string; items: readonly CommandItem[] }[];
  query: string;
  onQueryChange: (query: string) => void;
}

/** ⌘K: go somewhere or do something without the mouse. Load it when it is first opened. */
export function CommandMenu({ open, onOpenChange, label, placeholder, empty, groups, query, onQueryChange }: CommandMenuProps) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-veil" />
        <Dialog.Popup
          aria-label={label}
          className="fixed top-[12vh] left-1/2 z-50 w-[min(38rem,calc(100vw-2rem))] -translate-x-1/2 overflow-hidden rounded-lg border border-line-strong bg-surface text-text outline-none"
        >
          <Command label={label} loop filter={rankCommand}>
            <Command.Input
              value={query}
              onValueChange={onQueryChange}
              placeholder={placeholder}
              className="h-11 w-full border-b bg-transparent px-4 text-base outline-none placeholder:text-faint"
            />
            <Command.List className="max-h-[min(24rem,60vh)] overflow-y-auto p-1">
              <Command.Empty className="px-3 py-6 text-center text-muted">{empty}</Command.Empty>
              {groups.map((group) => (
                <Command.Group
                  key={group.label}
                  heading={group.label}
                  className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-faint [&_[cmdk-group-heading]]:text-xs"
                >
                  {group.items.map((item) => (
                    <Command.Item
                      key={item.id}
                      value={item.id}
                      keywords={[item.label, ...(item.keywords ?? [])]}
                      onSelect={() => {
                        onOpenChange(false);
                        item.onSelect();
                      }}
                      className="flex h-9 cursor-default items-center gap-2 rounded-md px-2 text-sm aria-selected:bg-accent-soft"
                    >
                      <span aria-hidden className="text-muted">
                        {item.icon}
                      </span>
                      <span className="min-w-0 flex-1 truncate">{item.label}</span>
                      <span className="text-muted text-xs">{item.hint}</span>
                    </Command.Item>
                  ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
