"use client";
import { Button } from "@flotilla/ui";
import { Upload } from "lucide-react";
import { useRef } from "react";

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
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button variant={variant} size={size} icon={<Upload size={14} aria-hidden />} onClick={() => input.current?.click()}>
        {label}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={label}
        accept={accept}
        multiple={multiple}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          // The same file chosen twice must be heard twice.
          event.target.value = "";
        }}
      />
    </>
  );
}
