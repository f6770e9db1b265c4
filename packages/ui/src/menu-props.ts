import type { ReactElement, ReactNode } from "react";

export interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement;
  align?: "start" | "end";
  side?: "top" | "bottom";
  /** Starts loading what the children need, where they are loaded late: called when the button is pointed at or focused. */
  load?: () => Promise<unknown>;
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
