import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { FlotillaError } from "@flotilla/contracts/errors";
import type { TypedArray, Value } from "./value.ts";

/** What the runtime's C++ shows of itself; `delete` gives its memory back. */
interface Runner {
  GetInputs(): List<TensorInfo>;
  GetOutputs(): List<TensorInfo>;
  Infer(): boolean;
  delete(): void;
}

interface List<T> {
  size(): number;
  get(index: number): T;
}

interface TensorInfo {
  name: string;
  /** "1,28,28,1" */
  shape: string;
  dataType: string;
  /** A view into the runtime's memory: gone with the next call that allocates. */
  data(): TypedArray;
}

interface Runtime {
  HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  TFLiteWebModelRunner: {
    CreateFromBufferAndOptions(
      address: number,
      bytes: number,
      options: { numThreads: number; enableProfiling: boolean; maxProfilingBufferEntries: number },
    ): { ok(): boolean; errorMessage(): string; value(): Runner };
  };
}

export interface TfliteModel {
  /** In the file's own order. */
  readonly inputs: readonly { name: string; type: string; shape: readonly number[] }[];
  /** Runs one sample, its inputs and outputs in the file's own order. A fused LSTM keeps its state between runs, so each run has an interpreter of its own. */
  run(inputs: readonly TypedArray[]): Value[];
  /** An interpreter for many runs, of a model that keeps no state. */
  interpreter(): TfliteInterpreter;
}

export interface TfliteInterpreter {
  /** Inputs that are left out keep what they were, zeros at first. */
  run(inputs: readonly TypedArray[]): Value[];
  close(): void;
}

const OPTIONS = { numThreads: 1, enableProfiling: false, maxProfilingBufferEntries: 0 };

/**
 * TensorFlow Lite itself, compiled to WebAssembly: what a `.tflite` file answers by its own runtime. It parses foreign bytes, so it runs in a child.
 * Throws RUNTIME_REFUSED with the runtime's own words.
 */
export async function openTflite(bytes: Uint8Array): Promise<TfliteModel> {
  const require = createRequire(import.meta.url);
  const wasmPath = require.resolve("@tensorflow/tfjs-tflite/wasm/tflite_web_api_cc_simd.wasm");
  const load = require("@tensorflow/tfjs-tflite/wasm/tflite_web_api_cc_simd.js") as (options: {
    wasmBinary: Uint8Array;
    print: () => void;
    printErr: () => void;
  }) => Promise<Runtime>;
  const runtime = await load({ wasmBinary: await readFile(wasmPath), print: () => undefined, printErr: () => undefined });
  const address = runtime._malloc(bytes.byteLength);
  runtime.HEAPU8.set(bytes, address);
  const open = (): Runner => {
    const opened = runtime.TFLiteWebModelRunner.CreateFromBufferAndOptions(address, bytes.byteLength, OPTIONS);
    if (!opened.ok()) throw refused("open", opened.errorMessage());
    return opened.value();
  };
  const first = open();
  const inputs = entries(first.GetInputs()).map(({ name, dataType, shape }) => ({ name, type: dataType, shape: toShape(shape) }));
  first.delete();
  const interpreter = () => toInterpreter(open());
  return {
    inputs,
    interpreter,
    run(values) {
      const once = interpreter();
      const outputs = once.run(values);
      once.close();
      return outputs;
    },
  };
}

function toInterpreter(runner: Runner): TfliteInterpreter {
  const inputs = entries(runner.GetInputs());
  return {
    run(values) {
      for (const [index, value] of values.entries()) inputs[index]?.data().set(value as never);
      if (!runner.Infer()) throw refused("run", "an operator failed");
      // Asked for after the run, which may lay them elsewhere; copied, since the next run writes over them.
      return entries(runner.GetOutputs()).map((tensor) => ({
        name: tensor.name,
        shape: toShape(tensor.shape),
        data: tensor.data().slice(),
      }));
    },
    close: () => runner.delete(),
  };
}

function entries<T>(list: List<T>): T[] {
  return Array.from({ length: list.size() }, (_, index) => list.get(index));
}

function toShape(text: string): number[] {
  return text === "" ? [] : text.split(",").map(Number);
}

function refused(doing: "open" | "run", why: string): FlotillaError {
  return new FlotillaError("RUNTIME_REFUSED", `TensorFlow Lite could not ${doing} the file: ${why.slice(0, 400)}.`);
}
