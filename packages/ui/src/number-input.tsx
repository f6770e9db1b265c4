"use client";
import { type ComponentProps, useState } from "react";
import { useFieldProps } from "./field.tsx";
import { controlClass } from "./input.tsx";
import { cn } from "./lib/cn.ts";

export interface NumberInputProps extends Omit<ComponentProps<"input">, "value" | "onChange" | "type"> {
  /** null: empty. */
  value: number | null;
  onValueChange: (value: number | null) => void;
  /** Stands behind the number: "ms", "MB", "%". */
  unit?: string;
}

/** A number with its unit. The text may pass through what is not a number ("1." or "-") while it is typed. */
export function NumberInput({ value, onValueChange, unit, className, step = "any", ...rest }: NumberInputProps) {
  const field = useFieldProps();
  const [draft, setDraft] = useState<string | null>(null);
  return (
    <div className={cn("relative", className)}>
      <input
        {...field}
        type="number"
        inputMode="decimal"
        step={step}
        className={cn(controlClass, "h-8", unit !== undefined && "pr-10")}
        value={draft ?? (value === null ? "" : String(value))}
        onChange={(event) => {
          const text = event.target.value;
          setDraft(text);
          const number = text.trim() === "" ? null : Number(text);
          if (number === null || Number.isFinite(number)) onValueChange(number);
        }}
        onBlur={() => setDraft(null)}
        {...rest}
      />
      {unit !== undefined && (
        <span aria-hidden className="pointer-events-none absolute inset-y-0 right-2 flex items-center text-muted text-xs">
          {unit}
        </span>
      )}
    </div>
  );
}
