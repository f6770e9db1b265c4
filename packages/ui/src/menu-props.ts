import type { ReactElement, ReactNode } from "react";

export interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement;
  align?: "start" | "end";
  side?: "top" | "bottom";
  children: ReactNode;
}

export interface MenuItemProps {
  onSelect?: () => void;
  /** Makes the item a link. */
  href?: string;
  icon?: ReactNode;
  danger?: boolean;
  disabled?: boolean;
  children: ReactNode;
}

export interface MenuRadioGroupProps<Value extends string> {
  label: string;
  value: Value;
  onValueChange: (value: Value) => void;
  options: readonly { value: Value; label: ReactNode }[];
}
