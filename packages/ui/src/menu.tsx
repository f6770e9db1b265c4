"use client";
import { type ComponentType, lazy } from "react";
import { LoadedOnPress } from "./loaded-on-press.tsx";
import type { MenuItemProps, MenuProps, MenuRadioGroupProps } from "./menu-props.ts";

export type { MenuItemProps, MenuProps, MenuRadioGroupProps } from "./menu-props.ts";

const load = () => import("./menu-body.tsx");
const Body = lazy(async () => ({ default: (await load()).MenuBody }));
const Separator = lazy(async () => ({ default: (await load()).MenuSeparatorBody }));
const Item = lazy(async () => ({ default: (await load()).MenuItemBody }));
const RadioGroup = lazy(async () => ({ default: (await load()).MenuRadioGroupBody as ComponentType<MenuRadioGroupProps<string>> }));

/** A menu of actions behind a button. Its code is loaded when the button is pointed at, focused or pressed. */
export function Menu(props: MenuProps) {
  return (
    <LoadedOnPress trigger={props.trigger} load={() => Promise.all([load(), props.load?.()])} popup="menu">
      <Body {...props} />
    </LoadedOnPress>
  );
}

export function MenuItem(props: MenuItemProps) {
  return <Item {...props} />;
}

export function MenuSeparator() {
  return <Separator />;
}

/** One choice out of a few, inside a menu. */
export function MenuRadioGroup<Value extends string>({ onValueChange, options, ...rest }: MenuRadioGroupProps<Value>) {
  return <RadioGroup {...rest} options={options} onValueChange={(value) => onValueChange(value as Value)} />;
}
