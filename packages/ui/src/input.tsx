"use client";
import type { ComponentProps } from "react";
import { useFieldProps } from "./field.tsx";
import { cn } from "./lib/cn.ts";

export const controlClass =
  "w-full min-w-0 rounded-md border border-line-input bg-surface px-2 text-sm text-text placeholder:text-faint disabled:cursor-not-allowed disabled:opacity-60 aria-invalid:border-bad";

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input {...useFieldProps()} className={cn(controlClass, "h-8", className)} {...rest} />;
}

export function Textarea({ className, rows = 4, ...rest }: ComponentProps<"textarea">) {
  return <textarea {...useFieldProps()} rows={rows} className={cn(controlClass, "py-1.5", className)} {...rest} />;
}

export interface SelectProps extends ComponentProps<"select"> {
  options: readonly { value: string; label: string; disabled?: boolean }[];
  /** A first option with the empty value. */
  placeholder?: string;
}

/** The platform's own select: the keyboard, the phone and the screen reader already know it. */
export function Select({ options, placeholder, className, ...rest }: SelectProps) {
  return (
    <select {...useFieldProps()} className={cn(controlClass, "h-8 pr-1", className)} {...rest}>
      {placeholder !== undefined && <option value="">{placeholder}</option>}
      {options.map((option) => (
        <option key={option.value} value={option.value} disabled={option.disabled}>
          {option.label}
        </option>
      ))}
    </select>
  );
}
