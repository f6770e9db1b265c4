import { errorCodes } from "@flotilla/contracts/errors";
import { BUSY_PHASES, FAILED_PHASES } from "../devices/device-health.ts";

export const filterHealths = ["healthy", "busy", "warning", "failed", "offline"] as const;
export type FilterHealth = (typeof filterHealths)[number];

/** `flag` stands alone; `text` is any text, `choice` one of a list, `id` a UUID, `number` a number, `age` a time span up to now. */
export type FieldType = "flag" | "text" | "choice" | "id" | "number" | "age";

interface FieldSpec {
  readonly type: FieldType;
  /** What a `choice` can be. */
  readonly values?: readonly string[];
}

/** What a filter can ask of a device, besides its tags. Names carry their unit. */
export const FILTER_FIELDS = {
  name: { type: "text" },
  online: { type: "flag" },
  health: { type: "choice", values: filterHealths },
  phase: { type: "choice", values: ["IDLE", ...BUSY_PHASES, "ACTIVE", ...FAILED_PHASES] },
  /** The code of the reason that the device gives for its state. */
  reason: { type: "choice", values: errorCodes },
  /** Names of the model and the release that the device proves to run. */
  model: { type: "text" },
  release: { type: "text" },
  modelId: { type: "id" },
  releaseId: { type: "id" },
  profile: { type: "text" },
  arch: { type: "text" },
  os: { type: "text" },
  /** Any of its runtimes, and of their execution providers. */
  runtime: { type: "text" },
  provider: { type: "text" },
  /** The highest that any of its runtimes loads. */
  opset: { type: "number" },
  agentVersion: { type: "text" },
  cpuCount: { type: "number" },
  memoryMb: { type: "number" },
  diskFreeMb: { type: "number" },
  temperatureC: { type: "number" },
  latencyMs: { type: "number" },
  lastSeen: { type: "age" },
  /** When it first asked to join. */
  added: { type: "age" },
} as const satisfies Record<string, FieldSpec>;

export type FilterFieldName = keyof typeof FILTER_FIELDS;
export const filterFieldNames = Object.keys(FILTER_FIELDS) as FilterFieldName[];

export function isFilterField(name: string): name is FilterFieldName {
  return Object.hasOwn(FILTER_FIELDS, name);
}

export function typeOfField(name: FilterFieldName): FieldType {
  return FILTER_FIELDS[name].type;
}

/** What a field of a fixed list can be; empty for the others. */
export function choicesOf(name: FilterFieldName): readonly string[] {
  const spec: FieldSpec = FILTER_FIELDS[name];
  return spec.values ?? [];
}

/** Operators that a type takes; a tag is a text. `in` also as `not in`. */
export const OPERATORS_OF: Readonly<Record<FieldType, readonly string[]>> = {
  flag: [],
  text: ["=", "!=", "~", "!~", "in"],
  choice: ["=", "!=", "in"],
  id: ["=", "!=", "in"],
  number: [">=", "<=", ">", "<", "=", "!="],
  age: [">", "<", ">=", "<="],
};
