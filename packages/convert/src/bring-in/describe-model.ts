import type { ModelDescription, SourceFormat } from "@flotilla/contracts";
import type { Unsupported } from "../errors.ts";
import { plainBytes } from "./plain-bytes.ts";
import type { SourceFacts } from "./source.ts";
import { sourceOf } from "./sources.ts";

/** Enough for anybody to see what is missing; a file may list millions. */
const MAX_LISTED = 200;
const MAX_KINDS = 500;
/** A name may be as long as the file, and stand in each of the paths below it. */
const MAX_TEXT = 1000;

/**
 * What a file holds and whether it can be converted, found out from its description alone: no weight is read and nothing is converted.
 * @throws FlotillaError where the description itself is damaged
 */
export async function describeModel(bytes: Uint8Array, format: SourceFormat): Promise<ModelDescription> {
  const source = await sourceOf(format);
  const facts = source.inspect(plainBytes(bytes));
  return {
    format,
    framework: facts.framework,
    frameworkVersion: facts.frameworkVersion,
    partsAre: facts.partsAre,
    parts: listParts(facts),
    unsupported: facts.unsupported.slice(0, MAX_LISTED).map(listUnsupported),
    unsupportedCount: facts.unsupported.length,
    inputs: facts.inputs.slice(0, MAX_LISTED).map((input) => ({ ...input, name: clip(input.name) })),
    outputs: facts.outputs.slice(0, MAX_LISTED).map(clip),
  };
}

function listParts({ kinds, unsupported }: SourceFacts): ModelDescription["parts"] {
  const missing = new Map<string, number>();
  for (const { kind } of unsupported) missing.set(kind, (missing.get(kind) ?? 0) + 1);
  return [...kinds]
    .map(([kind, count]) => ({ kind: clip(kind), count, converts: (missing.get(kind) ?? 0) < count }))
    .toSorted((left, right) => right.count - left.count)
    .slice(0, MAX_KINDS);
}

function listUnsupported({ name, kind, reason, why }: Unsupported): ModelDescription["unsupported"][number] {
  const part = { name: clip(name), kind: clip(kind), reason: clip(sentence(reason)) };
  if (why === undefined) return part;
  const params = Object.entries(why.params).map(([param, value]) => [param, typeof value === "string" ? clip(value) : value] as const);
  return { ...part, why: { code: why.code, params: Object.fromEntries(params) } };
}

function clip(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}

/** Reasons continue the sentence "<kind> <name>: …". */
function sentence(reason: string): string {
  return reason.charAt(0).toUpperCase() + reason.slice(1);
}
