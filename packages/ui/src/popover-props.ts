import type { ReactElement, ReactNode } from "react";

export interface PopoverProps {
  trigger: ReactElement;
  title?: ReactNode;
  align?: "start" | "center" | "end";
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  children: ReactNode;
}
