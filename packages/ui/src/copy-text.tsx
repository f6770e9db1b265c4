"use client";
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { shortId } from "./format/short-id.ts";
import { cn } from "./lib/cn.ts";
import { useUi } from "./lib/ui-provider.tsx";

export interface CopyTextProps {
  /** What is copied. */
  text: string;
  /** What is shown: the shortened text by default. */
  display?: string;
  /** Show all of it in a box, as for a command. */
  block?: boolean;
  /** Names what is copied: "device id". */
  label?: string;
  className?: string;
}

/** An id or a command with a copy button. Short ids show their ends and the whole on hover. */
export function CopyText({ text, display, block = false, label, className }: CopyTextProps) {
  const { labels } = useUi();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    await copyToClipboard(text);
    setCopied(true);
  };
  const name = label === undefined ? labels.copy : `${labels.copy}: ${label}`;
  const Icon = copied ? Check : Copy;
  return (
    <span
      className={cn(
        block ? "flex items-start gap-2 rounded-md border bg-sunken p-2" : "inline-flex max-w-full items-center gap-1",
        className,
      )}
    >
      <code
        title={block ? undefined : text}
        className={cn("min-w-0 font-mono text-xs", block ? "flex-1 whitespace-pre-wrap break-all py-1" : "truncate")}
      >
        {display ?? (block ? text : shortId(text))}
      </code>
      <button
        type="button"
        onClick={() => void copy()}
        aria-label={name}
        title={name}
        className="inline-flex size-6 shrink-0 items-center justify-center rounded-sm text-muted hover:bg-line hover:text-text"
      >
        <Icon size={14} aria-hidden />
      </button>
      <output className="sr-only">{copied ? labels.copied : ""}</output>
    </span>
  );
}

/** The clipboard API exists only on https and localhost; a plain http address on a local network falls back to a selection. */
export async function copyToClipboard(text: string): Promise<void> {
  if (typeof navigator !== "undefined" && "clipboard" in navigator) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  area.style.opacity = "0";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
