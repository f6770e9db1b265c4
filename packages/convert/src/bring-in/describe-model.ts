import type { ModelDescription, SourceFormat } from "@flotilla/contracts";
import { plainBytes } from "./plain-bytes.ts";
import type { SourceFacts } from "./source.ts";
import { sourceOf } from "./sources.ts";

/** Enough for anybody to see what is missing; a file may list millions. */
const MAX_LISTED = 200;
const MAX_KINDS = 500;

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
    unsupported: facts.unsupported.slice(0, MAX_LISTED).map((part) => ({ ...part, reason: sentence(part.reason) })),
    unsupportedCount: facts.unsupported.length,
    inputs: [...facts.inputs],
    outputs: [...facts.outputs],
  };
}

function listParts({ kinds, unsupported }: SourceFacts): ModelDescription["parts"] {
  const missing = new Map<string, number>();
  for (const { kind } of unsupported) missing.set(kind, (missing.get(kind) ?? 0) + 1);
  return [...kinds]
    .map(([kind, count]) => ({ kind, count, converts: (missing.get(kind) ?? 0) < count }))
    .toSorted((left, right) => right.count - left.count)
    .slice(0, MAX_KINDS);
}

/** Reasons continue the sentence "<kind> <name>: …". */
function sentence(reason: string): string {
  return reason.charAt(0).toUpperCase() + reason.slice(1);
}
