import { InferenceSession, listSupportedBackends } from "./host/ort.ts";

/** No release of ONNX had a higher one when this was written: where the search begins. */
const HIGHEST_OPSET = 40;
const LOWEST_OPSET = 7;

/** Prints what the runtime beside this file can do, as JSON: tried out, never assumed. */
export async function probeRuntime(version: string): Promise<void> {
  let maxOpset = 0;
  for (let opset = HIGHEST_OPSET; opset >= LOWEST_OPSET && maxOpset === 0; opset -= 1) {
    const session = await InferenceSession.create(identityModel(opset), { logSeverityLevel: 4 }).catch(() => null);
    if (session === null) continue;
    maxOpset = opset;
    await session.release();
  }
  const providers = listSupportedBackends()
    .filter((backend) => backend.bundled)
    .map((backend) => backend.name);
  process.stdout.write(JSON.stringify({ name: "onnxruntime", version, providers, maxOpset, formats: ["onnx", "ort"] }));
}

/** The smallest ONNX model, `y = Identity(x)`, written by hand (onnx.proto field numbers): IR 7 is old enough for every runtime. */
function identityModel(opset: number): Uint8Array {
  const field = (number: number, bytes: readonly number[]): number[] => [(number << 3) | 2, bytes.length, ...bytes];
  const integer = (number: number, value: number): number[] => [number << 3, value];
  const text = (number: number, value: string): number[] => field(number, [...Buffer.from(value)]);
  const type = field(1, [...integer(1, 1), ...field(2, field(1, integer(1, 1)))]);
  const value = (name: string): number[] => [...text(1, name), ...field(2, type)];
  const node = [...text(1, "x"), ...text(2, "y"), ...text(4, "Identity")];
  const graph = [...field(1, node), ...text(2, "g"), ...field(11, value("x")), ...field(12, value("y"))];
  return Uint8Array.from([...integer(1, 7), ...field(7, graph), ...field(8, integer(2, opset))]);
}
