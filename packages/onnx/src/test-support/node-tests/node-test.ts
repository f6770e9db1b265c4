/** One of ONNX's backend node tests: a model and what it gives for given inputs. All are protobuf messages as they lie in the files. */
export interface NodeTest {
  readonly name: string;
  readonly model: Uint8Array;
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
}
