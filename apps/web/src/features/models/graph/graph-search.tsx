/* oxlint-disable jsx-a11y/prefer-tag-over-role -- the platform's own list of suggestions shows one line an option and no operator */
"use client";
import { searchNodes } from "@flotilla/domain/graph";
import type { GraphView } from "@flotilla/contracts";
import { cn, Input } from "@flotilla/ui";
import { Search } from "lucide-react";
import { useTranslations } from "next-intl";
import { type KeyboardEvent, type Ref, useDeferredValue, useId, useMemo, useState } from "react";

const SHOWN = 40;

export interface GraphSearchProps {
  view: GraphView;
  onChoose: (node: number) => void;
  ref?: Ref<HTMLInputElement>;
}

/** Finds nodes by operator or name: ↑ and ↓ go through what was found, Enter goes there. */
export function GraphSearch({ view, onChoose, ref }: GraphSearchProps) {
  const t = useTranslations("graph.search");
  const id = useId();
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const deferred = useDeferredValue(text);
  const found = useMemo(() => searchNodes(view, deferred), [view, deferred]);
  const shown = found.slice(0, SHOWN);
  const listed = open && text.trim() !== "";
  const current = shown[Math.min(active, shown.length - 1)];
  const choose = (node: number) => {
    setOpen(false);
    onChoose(node);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const move = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (move !== 0 && shown.length > 0) {
      event.preventDefault();
      setOpen(true);
      setActive((before) => (before + move + shown.length) % shown.length);
    } else if (event.key === "Enter" && current !== undefined) {
      event.preventDefault();
      choose(current);
    } else if (event.key === "Escape") {
      if (!listed) setText("");
      setOpen(false);
    }
  };
  return (
    <div className="relative w-full sm:w-64">
      <Search size={14} aria-hidden className="pointer-events-none absolute top-2 left-2 text-faint" />
      <Input
        ref={ref}
        role="combobox"
        aria-label={t("label")}
        aria-expanded={listed}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={listed && current !== undefined ? `${id}-${current}` : undefined}
        placeholder={t("placeholder")}
        value={text}
        className="pl-7"
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
          setOpen(true);
        }}
        onKeyDown={onKeyDown}
      />
      <div
        hidden={!listed}
        className="absolute top-full right-0 left-0 z-20 mt-1 max-h-72 overflow-y-auto rounded-md border border-line-strong bg-surface p-1"
      >
        <div id={`${id}-list`} role="listbox" aria-label={t("results")}>
          {shown.map((node, index) => (
            // The keyboard stays in the field, which names the active option; a press must not take its focus before the click arrives.
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
            <div
              key={node}
              id={`${id}-${node}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === active}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => choose(node)}
              className={cn(
                "flex min-h-6 cursor-pointer items-baseline gap-2 rounded-sm px-2 py-0.5",
                index === active && "bg-accent-soft",
              )}
            >
              <span className="shrink-0 font-medium">{view.nodes[node]?.op}</span>
              <span className="min-w-0 truncate text-muted text-xs">{view.nodes[node]?.name}</span>
            </div>
          ))}
        </div>
        <p className="px-2 py-1 text-muted text-xs">
          {t("count", { count: found.length, shown: shown.length, more: found.length > shown.length ? "yes" : "no" })}
        </p>
      </div>
    </div>
  );
}
