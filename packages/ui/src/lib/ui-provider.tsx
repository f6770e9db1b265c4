"use client";
import { type ComponentType, createContext, type ReactNode, type Ref, use, useMemo } from "react";
import { createFormat, type Format } from "../format/create-format.ts";

/** The words that the components themselves say. */
export interface UiLabels {
  close: string;
  cancel: string;
  copy: string;
  copied: string;
  retry: string;
  loading: string;
  clear: string;
  optional: string;
  breadcrumbs: string;
  showDetails: string;
  /** Unfolds the table behind a chart. */
  showTable: string;
  /** Asks for the name to be typed before a dangerous action: "Type {word} to confirm". */
  typeToConfirm: (word: string) => string;
  never: string;
}

export interface LinkLikeProps {
  href: string;
  className?: string;
  children?: ReactNode;
  ref?: Ref<HTMLAnchorElement>;
  "aria-current"?: "page" | undefined;
  "aria-label"?: string | undefined;
  title?: string | undefined;
  prefetch?: boolean;
}

export interface UiContextValue {
  locale: string;
  /** IANA zone; undefined means the browser's own. */
  timeZone: string | undefined;
  labels: UiLabels;
  Link: ComponentType<LinkLikeProps>;
  format: Format;
  sayError: (error: unknown) => string;
}

const englishLabels: UiLabels = {
  close: "Close",
  cancel: "Cancel",
  copy: "Copy",
  copied: "Copied",
  retry: "Try again",
  loading: "Loading",
  clear: "Clear",
  optional: "optional",
  breadcrumbs: "Where you are",
  showDetails: "Show details",
  showTable: "Show as table",
  typeToConfirm: (word) => `Type ${word} to confirm`,
  never: "never",
};

function PlainLink({ prefetch: _prefetch, children, ...props }: LinkLikeProps) {
  return <a {...props}>{children}</a>;
}

function ownSentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const UiContext = createContext<UiContextValue>({
  locale: "en",
  timeZone: undefined,
  labels: englishLabels,
  Link: PlainLink,
  format: createFormat("en"),
  sayError: ownSentence,
});

export interface UiProviderProps {
  locale: string;
  timeZone?: string;
  labels?: UiLabels;
  /** The application's client-side link; a plain anchor without it. */
  link?: ComponentType<LinkLikeProps>;
  /** Says why a call failed, in the page's language; the error's own sentence without it. */
  sayError?: (error: unknown) => string;
  children: ReactNode;
}

/** Gives the components their language, their number formats and the application's link. */
export function UiProvider({
  locale,
  timeZone,
  labels = englishLabels,
  link = PlainLink,
  sayError = ownSentence,
  children,
}: UiProviderProps) {
  const value = useMemo<UiContextValue>(
    () => ({ locale, timeZone, labels, Link: link, format: createFormat(locale, timeZone), sayError }),
    [locale, timeZone, labels, link, sayError],
  );
  return <UiContext value={value}>{children}</UiContext>;
}

export function useUi(): UiContextValue {
  return use(UiContext);
}

/** Numbers, sizes and times in the reader's language. */
export function useFormat(): Format {
  return use(UiContext).format;
}

/** The application's link, as given to UiProvider. */
export function AppLink(props: LinkLikeProps) {
  const { Link } = use(UiContext);
  return <Link {...props} />;
}
