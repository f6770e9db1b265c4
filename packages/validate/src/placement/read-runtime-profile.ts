import { FlotillaError } from "@flotilla/contracts/errors";

/** One kernel that the runtime executed, over all runs of a profile. */
export interface Kernel {
  /** The node's name after the runtime's own optimisation. */
  readonly node: string;
  readonly operator: string;
  readonly provider: string;
  readonly runs: number;
  /** Mean time of a run, in microseconds. */
  readonly meanUs: number;
  /** Element types of the inputs and outputs: `uint8`, `float`. */
  readonly inputTypes: readonly string[];
  readonly outputTypes: readonly string[];
}

/** One event of a profile: when it began and how long it took, in microseconds. */
export interface TraceEvent {
  cat?: string;
  name?: string;
  ts?: number;
  dur?: number;
  args?: {
    op_name?: string;
    provider?: string;
    input_type_shape?: Record<string, unknown>[];
    output_type_shape?: Record<string, unknown>[];
  };
}

/** Marks the events of kernels, at the end of the node's name. */
export const KERNEL = /_kernel_time$/;
/** The runtime's layout, QDQ and fusion transformers add to the names of the nodes that they rebuild. */
export const REBUILT = /(_token_\d+|_nchwc|\/MatMulAddFusion)+$/;

/**
 * The kernels in a profile that onnxruntime wrote (`enableProfiling`, `endProfiling`): Chrome's trace event format, one event a node
 * and run. Throws INVALID_INPUT where it is not such a file.
 */
export function readRuntimeProfile(text: string): Kernel[] {
  const events = parseTrace(text);
  const kernels = new Map<string, Kernel>();
  for (const event of events) {
    if (event.cat !== "Node" || event.name === undefined || !KERNEL.test(event.name) || event.args?.op_name === undefined) continue;
    const node = event.name.replace(KERNEL, "").replace(REBUILT, "");
    const key = `${node}\u0000${event.args.op_name}`;
    const known = kernels.get(key);
    const runs = (known?.runs ?? 0) + 1;
    kernels.set(key, {
      node,
      operator: event.args.op_name,
      provider: event.args.provider ?? "",
      runs,
      meanUs: ((known?.meanUs ?? 0) * (runs - 1) + (event.dur ?? 0)) / runs,
      inputTypes: typesOf(event.args.input_type_shape),
      outputTypes: typesOf(event.args.output_type_shape),
    });
  }
  return [...kernels.values()];
}

/** The events of a profile. Throws INVALID_INPUT where it is cut off, or no profile. */
export function parseTrace(text: string): TraceEvent[] {
  try {
    const parsed: unknown = JSON.parse(text);
    if (Array.isArray(parsed)) return parsed as TraceEvent[];
  } catch (cause) {
    throw new FlotillaError("INVALID_INPUT", "The runtime's profile is not complete JSON: the session was not ended with endProfiling.", {
      cause,
    });
  }
  throw new FlotillaError("INVALID_INPUT", "The runtime's profile is not a list of trace events.");
}

function typesOf(shapes: readonly Record<string, unknown>[] | undefined): string[] {
  return (shapes ?? []).flatMap((entry) => Object.keys(entry));
}
