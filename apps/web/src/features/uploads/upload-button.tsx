"use client";
import { accepts } from "./accepted-files.ts";
import { FilePicker, type FilePickerProps } from "./file-picker.tsx";
import type { StartOptions } from "./transfer.ts";
import { useUploads } from "./uploads-provider.tsx";

/** Chooses files and sends them: several at once, or the one next version of a model. */
export function UploadButton({ kind, targetModelId, label, variant }: StartOptions & Pick<FilePickerProps, "label" | "variant">) {
  const { start } = useUploads();
  return (
    <FilePicker
      accept={accepts[kind]}
      label={label}
      multiple={targetModelId === undefined}
      onFiles={(files) => files.forEach((file) => start(file, { kind, targetModelId }))}
      {...(variant === undefined ? {} : { variant })}
    />
  );
}
