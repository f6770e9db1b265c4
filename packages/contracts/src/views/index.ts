export type * from "./fleet.ts";
export type * from "./models.ts";
export type * from "./shared.ts";
export type * from "./targets.ts";
