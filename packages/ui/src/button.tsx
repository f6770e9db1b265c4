import { LoaderCircle } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "./lib/cn.ts";
import { AppLink } from "./lib/ui-provider.tsx";

/** On a phone a long name breaks into lines: a page must not be wider than its screen. */
const BASE =
  "inline-flex max-w-full shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md max-sm:whitespace-normal border font-medium transition-colors disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:cursor-not-allowed aria-disabled:opacity-55";

const VARIANTS = {
  primary:
    "border-accent bg-accent text-on-accent enabled:hover:border-accent-strong enabled:hover:bg-accent-strong [a]:hover:bg-accent-strong",
  default: "border-line-strong bg-surface text-text hover:bg-sunken",
  danger: "border-bad bg-bad text-on-bad hover:opacity-90",
  "danger-outline": "border-line-strong bg-surface text-bad hover:bg-bad-soft",
  ghost: "border-transparent bg-transparent text-muted hover:bg-sunken hover:text-text",
} as const;

const SIZES = {
  md: "h-8 px-3 text-sm max-sm:h-auto max-sm:min-h-8 max-sm:py-1",
  sm: "h-7 px-2 text-xs max-sm:h-auto max-sm:min-h-7 max-sm:py-0.5",
  icon: "size-8 p-0 text-sm",
  "icon-sm": "size-6 p-0 text-xs",
} as const;

interface ButtonVariants {
  variant?: keyof typeof VARIANTS | undefined;
  size?: keyof typeof SIZES | undefined;
}

/** The look of a button, for what is one but cannot be a Button. */
export function buttonClass({ variant = "default", size = "md" }: ButtonVariants = {}): string {
  return cn(BASE, VARIANTS[variant], SIZES[size]);
}

export interface ButtonProps extends ComponentProps<"button">, ButtonVariants {
  /** Work is under way: shows it, keeps its width and takes no second click. */
  pending?: boolean;
  icon?: ReactNode;
}

/** A button for something that happens. For something that opens a page, use LinkButton. */
export function Button({ variant, size, pending = false, icon, className, children, disabled, type = "button", ...rest }: ButtonProps) {
  return (
    <button
      type={type}
      className={cn(buttonClass({ variant, size }), className)}
      disabled={disabled === true || pending}
      aria-busy={pending || undefined}
      {...rest}
    >
      {pending ? <LoaderCircle size={14} aria-hidden className="animate-spin-slow" /> : icon}
      {children}
    </button>
  );
}

export interface LinkButtonProps extends ButtonVariants {
  href: string;
  icon?: ReactNode;
  className?: string;
  children?: ReactNode;
  "aria-label"?: string;
}

/** A link that looks like a button. */
export function LinkButton({ variant, size, icon, className, children, ...rest }: LinkButtonProps) {
  return (
    <AppLink className={cn(buttonClass({ variant, size }), className)} {...rest}>
      {icon}
      {children}
    </AppLink>
  );
}
