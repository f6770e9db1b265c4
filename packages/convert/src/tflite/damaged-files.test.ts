import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FlotillaError } from "@flotilla/contracts";
import { OnnxError } from "@flotilla/onnx";
import { describe, expect, it } from "vitest";
import type { Draft } from "../flatbuffer/layout.ts";
import { BuiltinOperator, type Model, TensorType } from "../tflite-schema/gen/tflite.ts";
import { readModelFile, writeModelFile } from "../tflite-schema/model-file.ts";
import { convertTflite } from "./convert-tflite.ts";

const FIXTURES = join(import.meta.dirname, "../../test-data/tflite");

function fixture(name: string, file = "model.tflite"): Uint8Array {
  return new Uint8Array(readFileSync(join(FIXTURES, name, file)));
}

/** Converts what may be damaged: it works, or fails with an error that has a code and a sentence. */
function attempt(bytes: Uint8Array): string {
  try {
    convertTflite(bytes);
    return "converted";
  } catch (error) {
    expect(error instanceof FlotillaError || error instanceof OnnxError ? error.message : error).toEqual(expect.any(String));
    return (error as FlotillaError).code;
  }
}

/** The same numbers in every run (xorshift32). */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Places of a file that are not inside its weights. */
function structureOf(bytes: Uint8Array): number[] {
  const weights = readModelFile(bytes)
    .buffers.map(({ data }) => data)
    .filter(({ byteLength }) => byteLength > 64);
  const inside = (at: number): boolean => weights.some(({ byteOffset, byteLength }) => at >= byteOffset && at < byteOffset + byteLength);
  return Array.from(bytes.keys()).filter((at) => !inside(at));
}

/** A model of one ADD of two inputs of [1, 2], to be spoilt. */
function small(
  change: (model: { tensors: Draft<Model["subgraphs"][number]["tensors"][number]>[]; inputs: number[]; opcode: number }) => void,
): Uint8Array {
  const parts = {
    tensors: [0, 1, 2].map((index) => ({ name: `t${index}`, shape: [1, 2], type: TensorType.FLOAT32 as number, buffer: 0 })) as Draft<
      Model["subgraphs"][number]["tensors"][number]
    >[],
    inputs: [0, 1],
    opcode: 0,
  };
  change(parts);
  return writeModelFile({
    version: 3,
    operatorCodes: [{ builtinCode: BuiltinOperator.ADD }],
    buffers: [{}],
    subgraphs: [
      {
        tensors: parts.tensors,
        inputs: [0, 1],
        outputs: [2],
        operators: [{ opcodeIndex: parts.opcode, inputs: parts.inputs, outputs: [2] }],
      },
    ],
  });
}

describe("a damaged TFLite file", () => {
  it("cut off anywhere is refused or converted, never a crash", () => {
    const bytes = fixture("sepconv_digits", "model_int8.tflite");
    const outcomes = new Set<string>();
    for (let length = 0; length < bytes.byteLength; length += 211) outcomes.add(attempt(bytes.slice(0, length)));
    expect([...outcomes]).toEqual(["INVALID_GRAPH"]);
  });

  it("with a bit flipped at 1,000 seeded places is refused or converted, never a crash", { timeout: 120_000 }, () => {
    const next = generator(20_260_807);
    const outcomes = new Map<string, number>();
    for (const [name, file, flips] of [
      ["mnist_cnn", "model_int8.tflite", 600],
      ["lstm_rows", "model.tflite", 380],
      ["bigru_digits", "model.tflite", 20],
    ] as const) {
      const bytes = fixture(name, file);
      const places = structureOf(bytes);
      for (let flip = 0; flip < flips; flip += 1) {
        const damaged = bytes.slice();
        // Weights are most of a file, and any weights will do: one flip of sixteen is enough for them.
        const at = flip % 16 === 0 ? next(bytes.byteLength) : (places[next(places.length)] ?? 0);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << next(8));
        const outcome = attempt(damaged);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
    }
    expect(outcomes.get("INTERNAL") ?? 0).toBe(0);
    expect(outcomes.get("converted") ?? 0).toBeGreaterThan(100);
    expect(outcomes.get("INVALID_GRAPH") ?? 0).toBeGreaterThan(100);
  });

  it("whose indices, shapes or codes point nowhere says what does", () => {
    expect(attempt(small(() => undefined))).toBe("converted");
    expect(attempt(small((model) => void model.inputs.splice(0, 1, 99)))).toBe("INVALID_GRAPH");
    expect(attempt(small((model) => void model.inputs.splice(0, 1, -2)))).toBe("INVALID_GRAPH");
    expect(attempt(small((model) => void (model.opcode = 7)))).toBe("INVALID_GRAPH");
    expect(attempt(small((model) => void (model.tensors[0] = { ...model.tensors[0], buffer: 4 })))).toBe("INVALID_GRAPH");
    expect(attempt(small((model) => void (model.tensors[0] = { ...model.tensors[0], shape: [2 ** 30, 2 ** 30] })))).toBe(
      "DIMENSION_OVERFLOW",
    );
    expect(attempt(small((model) => void (model.tensors[0] = { ...model.tensors[0], shape: [-5, 2] })))).toBe("INVALID_GRAPH");
  });

  it("with an input of -1 where the operator needs one says which, among what is not supported", () => {
    expect(() => convertTflite(small((model) => void model.inputs.splice(1, 1, -1)))).toThrow(/lacks its input 1/);
  });

  it("with an optional input of -1 is a model like any other", () => {
    const model = readModelFile(fixture("transformer"));
    expect(model.subgraphs[0]?.operators.some(({ inputs }) => inputs.includes(-1))).toBe(true);
    expect(attempt(fixture("transformer"))).toBe("converted");
  });
});

describe("a TFLite file with operators that are not converted", () => {
  it("is refused with all of them at once, each with its name and what to do", () => {
    const model = readModelFile(fixture("mnist_cnn"));
    const operatorCodes = model.operatorCodes.map((code) =>
      code.builtinCode === BuiltinOperator.SOFTMAX
        ? { ...code, builtinCode: BuiltinOperator.SVDF, deprecatedBuiltinCode: BuiltinOperator.SVDF }
        : code.builtinCode === BuiltinOperator.MAX_POOL_2D
          ? { ...code, builtinCode: BuiltinOperator.CUSTOM, deprecatedBuiltinCode: BuiltinOperator.CUSTOM, customCode: "FlexErf" }
          : code,
    );
    const bytes = writeModelFile({ ...model, operatorCodes });
    try {
      convertTflite(bytes);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(FlotillaError);
      const { code, details } = error as FlotillaError & { details: { unsupported: { kind: string; reason: string }[] } };
      expect(code).toBe("UNSUPPORTED_OPERATOR");
      expect(new Set(details.unsupported.map(({ kind }) => kind))).toEqual(new Set(["SVDF", "FlexErf"]));
      expect(details.unsupported.find(({ kind }) => kind === "FlexErf")?.reason).toMatch(/SELECT_TF_OPS/);
    }
  });
});
