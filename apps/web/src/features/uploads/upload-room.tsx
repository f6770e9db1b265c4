"use client";
import { Button, EmptyState, Input, PageHeader } from "@flotilla/ui";
import { Search } from "lucide-react";
import type { ReactNode } from "react";
import { useSession } from "../shell/session.tsx";
import { QueryView, type QueryViewProps } from "../shell/query-view.tsx";
import type { Transfer } from "./transfer.ts";
import { UploadButton } from "./upload-button.tsx";
import { UploadZone } from "./upload-zone.tsx";

export interface UploadRoomProps<Data> extends Pick<QueryViewProps<Data>, "query" | "skeleton"> {
  kind: Transfer["kind"];
  title: string;
  subtitle: string;
  /** Words on the button that chooses a file. */
  upload: string;
  /** The way to a file that ships with Flotilla. */
  sample: ReactNode;
  /** Left of the button once something is here. */
  secondary?: ReactNode;
  /** Above the list, once something is here. */
  hint?: ReactNode;
  /** What is said where nothing is here yet; null where something is. */
  firstUse: { title: string; text: string; icon: ReactNode } | null;
  search: { value: string; onChange: (value: string | null) => void; label: string };
  /** The list; null where nothing fits the search. */
  children: (data: Data) => ReactNode | null;
  nothingFound: { title: string; clear: string };
}

/** A page of things that come in as files: drop one anywhere, choose one or take a sample; then search what is here. */
export function UploadRoom<Data>({
  kind,
  title,
  subtitle,
  upload,
  sample,
  secondary,
  hint,
  firstUse,
  search,
  nothingFound,
  query,
  skeleton,
  children,
}: UploadRoomProps<Data>) {
  const mayWrite = useSession().can("model:write");
  const button = <UploadButton kind={kind} label={upload} variant="primary" />;
  const actions = (
    <>
      {secondary}
      {button}
    </>
  );
  return (
    <>
      <PageHeader title={title} actions={mayWrite && firstUse === null ? actions : undefined}>
        {subtitle}
      </PageHeader>
      {mayWrite && firstUse === null ? hint : null}
      <UploadZone kind={kind} />
      <QueryView query={query} skeleton={skeleton}>
        {(data) =>
          firstUse === null ? (
            <div className="flex flex-col gap-3">
              <SearchBox {...search} />
              {children(data) ?? (
                <EmptyState
                  title={nothingFound.title}
                  action={<Button onClick={() => search.onChange(null)}>{nothingFound.clear}</Button>}
                />
              )}
            </div>
          ) : (
            <EmptyState
              title={firstUse.title}
              icon={firstUse.icon}
              action={
                mayWrite ? (
                  <div className="flex flex-wrap justify-center gap-2">
                    {sample}
                    {button}
                  </div>
                ) : undefined
              }
            >
              {firstUse.text}
            </EmptyState>
          )
        }
      </QueryView>
    </>
  );
}

function SearchBox({ value, onChange, label }: UploadRoomProps<unknown>["search"]) {
  return (
    <label className="relative w-72 max-w-full">
      <span className="sr-only">{label}</span>
      <Search size={14} aria-hidden className="absolute top-2 left-2 text-faint" />
      <Input
        type="search"
        className="pl-7"
        placeholder={label}
        value={value}
        onChange={(event) => onChange(event.target.value === "" ? null : event.target.value)}
      />
    </label>
  );
}
