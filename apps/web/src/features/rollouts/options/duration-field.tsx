"use client";
import { cn } from "@flotilla/ui";
import { useId } from "react";
import { DurationInput } from "../duration-input.tsx";

export interface DurationFieldProps {
  label: string;
  hint?: string;
  error: string | null;
  seconds: number | null;
  onChange: (seconds: number | null) => void;
  className?: string;
}

/** A length of time with its hint and its error. Two controls share the label, so it names them one by one. */
export function DurationField({ label, hint, error, seconds, onChange, className }: DurationFieldProps) {
  const id = useId();
  const described = [hint === undefined ? "" : `${id}-hint`, error === null ? "" : `${id}-error`].filter((part) => part !== "").join(" ");
  return (
    <div className={cn("flex min-w-0 flex-col gap-1", className)}>
      <span aria-hidden className="font-medium text-sm">
        {label}
      </span>
      <DurationInput
        label={label}
        seconds={seconds}
        onChange={onChange}
        describedBy={described === "" ? undefined : described}
        invalid={error !== null}
        className="grid grid-cols-[5rem_4.5rem]"
      />
      {hint === undefined ? null : (
        <p id={`${id}-hint`} className="text-muted text-xs">
          {hint}
        </p>
      )}
      {error === null ? null : (
        <p id={`${id}-error`} role="alert" className="text-bad text-xs">
          {error}
        </p>
      )}
    </div>
  );
}
