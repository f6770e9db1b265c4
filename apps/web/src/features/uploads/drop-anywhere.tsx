"use client";
import { useEffect, useState } from "react";

export interface DropAnywhereProps {
  onFiles: (files: File[]) => void;
  /** A browser gives a folder as a file that cannot be read: its name. */
  onFolder: (name: string) => void;
  children: string;
}

/** Takes files that are dropped anywhere on the page, and says so while one hovers. The file picker is the keyboard's way. */
export function DropAnywhere({ onFiles, onFolder, children }: DropAnywhereProps) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    let depth = 0;
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;
    const enter = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth += 1;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const move = (event: DragEvent) => {
      if (carriesFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      const folders = foldersIn(event.dataTransfer);
      const files = [...(event.dataTransfer?.files ?? [])].filter((file) => !folders.includes(file.name));
      if (files.length > 0) onFiles(files);
      for (const name of folders) onFolder(name);
    };
    window.addEventListener("dragenter", enter);
    window.addEventListener("dragleave", leave);
    window.addEventListener("dragover", move);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragenter", enter);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("dragover", move);
      window.removeEventListener("drop", drop);
    };
  }, [onFiles, onFolder]);
  if (!over) return null;
  return (
    <div className="pointer-events-none fixed inset-3 z-50 grid place-items-center rounded-lg border-2 border-accent border-dashed bg-accent-soft/90">
      <p className="font-semibold text-xl">{children}</p>
    </div>
  );
}

function foldersIn(transfer: DataTransfer | null): string[] {
  const entries = [...(transfer?.items ?? [])].map((item) => item.webkitGetAsEntry());
  return entries.flatMap((entry) => (entry?.isDirectory === true ? [entry.name] : []));
}
