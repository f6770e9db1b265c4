"use client";
import { Button } from "@flotilla/ui";
import { Upload } from "lucide-react";

export interface FilePickerProps {
  accept: string;
  label: string;
  variant?: "primary" | "default";
  size?: "sm" | "md";
  multiple?: boolean;
  onFiles: (files: File[]) => void;
}

/** A button that opens the system's file dialog. */
export function FilePicker({ accept, label, variant = "default", size = "md", multiple = true, onFiles }: FilePickerProps) {
  return (
    <Button
      variant={variant}
      size={size}
      icon={<Upload size={14} aria-hidden />}
      onClick={() => openFileDialog({ accept, multiple, onFiles })}
    >
      {label}
    </Button>
  );
}

/**
 * The dialog belongs to an input outside of the page's tree: a person takes seconds to choose, and a live update that draws the page
 * anew meanwhile must not lose the choice.
 */
function openFileDialog({ accept, multiple, onFiles }: { accept: string; multiple: boolean; onFiles: (files: File[]) => void }): void {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = accept;
  input.multiple = multiple;
  input.addEventListener("change", () => onFiles([...(input.files ?? [])]), { once: true });
  input.click();
}
