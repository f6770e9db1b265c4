"use client";
import { accepts } from "./accepted-files.ts";
import { FilePicker, type FilePickerProps } from "./file-picker.tsx";
import type { StartOptions } from "./transfer.ts";
import { useUploads } from "./uploads-provider.tsx";

/** Chooses files and sends them. */
export function UploadButton({ label, variant, ...purpose }: StartOptions & Pick<FilePickerProps, "label" | "variant">) {
  const { start } = useUploads();
  return (
    <FilePicker
      accept={accepts[purpose.kind]}
      label={label}
      onFiles={(files) => start(files, purpose)}
      {...(variant === undefined ? {} : { variant })}
    />
  );
}
