"use client";
import { Button } from "@flotilla/ui";
import { Download } from "lucide-react";
import { useTranslations } from "next-intl";
import { saveFile } from "./save-file.ts";
import { type CsvCell, toCsv } from "./to-csv.ts";

export interface DownloadButtonsProps {
  /** What the numbers are, read out: "candidates". */
  label: string;
  /** Of the file, without its ending. */
  fileName: string;
  header: readonly string[];
  /** Asked for when a button is pressed. */
  rows: () => readonly (readonly CsvCell[])[];
  /** The same as data. */
  json: () => unknown;
}

/** The numbers of a table or chart as a file, in both of the forms that tools read. Made in the browser: they are here already. */
export function DownloadButtons({ label, fileName, header, rows, json }: DownloadButtonsProps) {
  const t = useTranslations("shell.download");
  const name = fileName.replaceAll(/[^\w.-]+/g, "-");
  return (
    <span className="inline-flex gap-2">
      <Button
        size="sm"
        aria-label={t("csvOf", { label })}
        onClick={() => saveFile(`${name}.csv`, "text/csv;charset=utf-8", toCsv(header, rows()))}
      >
        <Download size={12} aria-hidden />
        CSV
      </Button>
      <Button
        size="sm"
        aria-label={t("jsonOf", { label })}
        onClick={() => saveFile(`${name}.json`, "application/json", `${JSON.stringify(json(), null, 2)}\n`)}
      >
        <Download size={12} aria-hidden />
        JSON
      </Button>
    </span>
  );
}
