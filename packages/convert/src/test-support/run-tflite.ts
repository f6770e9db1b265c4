import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** A tensor as TFLite's wasm gives it: `data` is a view into its memory. */
interface WasmTensor {
  readonly name: string;
  readonly shape: string;
  readonly dataType: string;
  data(): TfliteData;
}

interface WasmList {
  size(): number;
  get(index: number): WasmTensor;
}

interface WasmRunner {
  GetInputs(): WasmList;
  GetOutputs(): WasmList;
  Infer(): boolean;
  delete(): void;
}

interface WasmModule {
  readonly HEAPU8: Uint8Array;
  _malloc(size: number): number;
  _free(address: number): void;
  readonly TFLiteWebModelRunner: {
    CreateFromBufferAndOptions(
      address: number,
      size: number,
      options: { numThreads: number; enableProfiling: boolean; maxProfilingBufferEntries: number },
    ): { ok(): boolean; errorMessage(): string; value(): WasmRunner };
  };
}

export type TfliteData = Float32Array | Int8Array | Uint8Array | Int32Array;

export interface TfliteValue {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: string;
  readonly data: TfliteData;
}

let loaded: Promise<WasmModule> | null = null;
const messages: string[] = [];

/** The TFLite runtime of 2023 with its own kernels and XNNPACK, as WebAssembly: the oracle for files that we write. */
function load(): Promise<WasmModule> {
  const require = createRequire(import.meta.url);
  const folder = require.resolve("@tensorflow/tfjs-tflite/package.json").replace(/package\.json$/u, "wasm/");
  const factory = require(`${folder}tflite_web_api_cc_simd.js`) as (options: unknown) => Promise<WasmModule>;
  const note = (text: string): void => void messages.push(text);
  return factory({ wasmBinary: readFileSync(`${folder}tflite_web_api_cc_simd.wasm`), print: note, printErr: note });
}

/** Opens a file and returns how to run it; inputs by name. @throws Error with what the runtime says where it refuses the file */
export async function openTflite(bytes: Uint8Array): Promise<(inputs: Readonly<Record<string, TfliteData>>) => readonly TfliteValue[]> {
  loaded ??= load();
  const wasm = await loaded;
  messages.length = 0;
  const address = wasm._malloc(bytes.length);
  wasm.HEAPU8.set(bytes, address);
  const options = { numThreads: 1, enableProfiling: false, maxProfilingBufferEntries: 0 };
  const result = wasm.TFLiteWebModelRunner.CreateFromBufferAndOptions(address, bytes.length, options);
  if (!result.ok()) throw new Error(`TFLite refuses the file: ${[result.errorMessage(), ...messages].join(" ")}`);
  const runner = result.value();
  return (inputs) => {
    for (const tensor of list(runner.GetInputs())) tensor.data().set(inputs[tensor.name] ?? []);
    if (!runner.Infer()) throw new Error(`TFLite fails: ${messages.join(" ")}`);
    // Only now: the first run may move tensors.
    return list(runner.GetOutputs()).map((tensor) => ({
      name: tensor.name,
      shape: tensor.shape === "" ? [] : tensor.shape.split(",").map(Number),
      type: tensor.dataType,
      data: tensor.data().slice(),
    }));
  };
}

function list(tensors: WasmList): WasmTensor[] {
  return Array.from({ length: tensors.size() }, (_, index) => tensors.get(index));
}
