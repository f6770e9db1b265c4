"use client";
import { lazy } from "react";
import { LoadedOnPress } from "./loaded-on-press.tsx";
import type { PopoverProps } from "./popover-props.ts";

export type { PopoverProps } from "./popover-props.ts";

const load = () => import("./popover-body.tsx");
const Body = lazy(load);

/** A small form or explanation beside the button that opened it. */
export function Popover(props: PopoverProps) {
  const { trigger, open = false, onOpenChange } = props;
  return (
    <LoadedOnPress trigger={trigger} load={load} opened={open} onOpen={() => onOpenChange?.(true)} popup="dialog">
      <Body {...props} />
    </LoadedOnPress>
  );
}
