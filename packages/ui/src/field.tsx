"use client";
import { createContext, type ReactNode, use, useId, useMemo } from "react";
import { cn } from "./lib/cn.ts";
import { useUi } from "./lib/ui-provider.tsx";

interface FieldContextValue {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
  required?: true;
}

const FieldContext = createContext<FieldContextValue | null>(null);

/** What a control inside a Field takes over: its id, its description and whether it is wrong. */
export function useFieldProps(): Partial<FieldContextValue> {
  return use(FieldContext) ?? {};
}

export interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  /** A sentence that says what is wrong and what to do. */
  error?: ReactNode;
  required?: boolean;
  /** Says "optional" beside the label. */
  optional?: boolean;
  /** The label is read out and not shown. */
  hideLabel?: boolean;
  className?: string;
  children: ReactNode;
}

/** A labelled control with its hint and its error. The control takes its id from here. */
export function Field({ label, hint, error, required = false, optional = false, hideLabel = false, className, children }: FieldProps) {
  const id = useId();
  const { labels } = useUi();
  const hasHint = hint !== undefined && hint !== null;
  const hasError = error !== undefined && error !== null && error !== "";
  const value = useMemo<FieldContextValue>(() => {
    const described = [hasHint ? `${id}-hint` : "", hasError ? `${id}-error` : ""].filter((part) => part !== "").join(" ");
    return {
      id,
      ...(described === "" ? {} : { "aria-describedby": described }),
      ...(hasError ? { "aria-invalid": true as const } : {}),
      ...(required ? { required: true as const } : {}),
    };
  }, [id, hasHint, hasError, required]);
  return (
    <div className={cn("flex min-w-0 flex-col gap-1", className)}>
      <label htmlFor={id} className={hideLabel ? "sr-only" : "font-medium text-sm"}>
        {label}
        {optional && <span className="font-normal text-faint"> ({labels.optional})</span>}
      </label>
      <FieldContext value={value}>{children}</FieldContext>
      {hasHint && (
        <p id={`${id}-hint`} className="text-muted text-xs">
          {hint}
        </p>
      )}
      {hasError && (
        <p id={`${id}-error`} role="alert" className="text-bad text-xs">
          {error}
        </p>
      )}
    </div>
  );
}
