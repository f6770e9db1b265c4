"use client";
import { type ComponentProps, type ReactNode, useId } from "react";
import { cn } from "./lib/cn.ts";

interface ChoiceText {
  label: ReactNode;
  /** One more sentence below the label. */
  hint?: ReactNode;
  /** The label is read out and not shown, as in a table's selection column. */
  hideLabel?: boolean;
}

export interface CheckboxProps extends Omit<ComponentProps<"input">, "type">, ChoiceText {
  /** Neither all nor none. */
  indeterminate?: boolean;
}

export function Checkbox({ label, hint, hideLabel = false, indeterminate = false, className, ...rest }: CheckboxProps) {
  const hintId = useId();
  return (
    <label className={cn("inline-flex min-h-6 items-start gap-2", className)}>
      <input
        type="checkbox"
        ref={(element) => {
          if (element !== null) element.indeterminate = indeterminate;
        }}
        aria-describedby={hint === undefined ? undefined : hintId}
        className="mt-0.5 size-4 shrink-0 accent-accent"
        {...rest}
      />
      <ChoiceLabel label={label} hint={hint} hideLabel={hideLabel} hintId={hintId} />
    </label>
  );
}

function ChoiceLabel({ label, hint, hideLabel, hintId }: ChoiceText & { hintId: string }) {
  return (
    <span className={cn("min-w-0", hideLabel === true && "sr-only")}>
      {label}
      {hint !== undefined && (
        <span id={hintId} className="block text-muted text-xs">
          {hint}
        </span>
      )}
    </span>
  );
}

export interface SwitchProps extends ChoiceText {
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  disabled?: boolean;
  className?: string;
}

/** A setting that takes effect at once. Inside a form that is sent later, use Checkbox. */
export function Switch({ label, hint, hideLabel = false, checked, onCheckedChange, disabled = false, className }: SwitchProps) {
  const hintId = useId();
  return (
    <label className={cn("inline-flex min-h-6 items-start gap-2", className)}>
      <input
        type="checkbox"
        role="switch"
        aria-checked={checked}
        checked={checked}
        disabled={disabled}
        aria-describedby={hint === undefined ? undefined : hintId}
        onChange={(event) => onCheckedChange(event.target.checked)}
        className="peer sr-only"
      />
      <span
        aria-hidden
        className="relative mt-px h-[18px] w-8 shrink-0 rounded-full border border-line-input bg-sunken transition-colors after:absolute after:top-[2px] after:left-[2px] after:size-3 after:rounded-full after:bg-line-input after:transition-transform peer-checked:border-accent peer-checked:bg-accent peer-checked:after:translate-x-[14px] peer-checked:after:bg-on-accent peer-focus-visible:outline-2 peer-focus-visible:outline-accent peer-focus-visible:outline-offset-2 peer-disabled:opacity-55"
      />
      <ChoiceLabel label={label} hint={hint} hideLabel={hideLabel} hintId={hintId} />
    </label>
  );
}

export interface RadioGroupProps<Value extends string> {
  /** Names the group. */
  label: ReactNode;
  hideLabel?: boolean;
  value: Value;
  onValueChange: (value: Value) => void;
  options: readonly { value: Value; label: ReactNode; hint?: ReactNode; disabled?: boolean }[];
  /** `segmented`: side by side as one control. */
  layout?: "stacked" | "inline" | "segmented";
  className?: string;
}

export function RadioGroup<Value extends string>({
  label,
  hideLabel = false,
  value,
  onValueChange,
  options,
  layout = "stacked",
  className,
}: RadioGroupProps<Value>) {
  const name = useId();
  const segmented = layout === "segmented";
  return (
    <fieldset className={cn("min-w-0", className)}>
      <legend className={hideLabel ? "sr-only" : "mb-1 font-medium text-sm"}>{label}</legend>
      <div
        className={cn(
          layout === "stacked" && "flex flex-col gap-1",
          layout === "inline" && "flex flex-wrap gap-x-4 gap-y-1",
          segmented && "inline-flex rounded-md border border-line-input bg-surface p-0.5",
        )}
      >
        {options.map((option) => (
          <label
            key={option.value}
            className={
              segmented
                ? "relative inline-flex h-6 items-center rounded-sm px-2 text-muted text-xs has-checked:bg-accent-soft has-checked:font-medium has-checked:text-text has-focus-visible:outline-2 has-focus-visible:outline-accent"
                : "inline-flex min-h-6 items-start gap-2"
            }
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              disabled={option.disabled}
              onChange={() => onValueChange(option.value)}
              className={segmented ? "absolute inset-0 size-full cursor-pointer opacity-0" : "mt-0.5 size-4 shrink-0 accent-accent"}
            />
            <ChoiceLabel label={option.label} hint={option.hint} hintId={`${name}-${option.value}`} />
          </label>
        ))}
      </div>
    </fieldset>
  );
}
