import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { preprocessingSchema } from "@flotilla/contracts";
import { describe, expect, it } from "vitest";
import { writeFlatbuffer } from "../flatbuffer/write-flatbuffer.ts";
import { AssociatedFileType, ColorSpaceType, TFLITE_METADATA } from "../tflite-schema/gen/metadata.ts";
import { readModelFile, writeModelFile } from "../tflite-schema/model-file.ts";
import { convertTflite } from "./convert-tflite.ts";

const MODEL = new Uint8Array(readFileSync(join(import.meta.dirname, "../../test-data/tflite/mnist_cnn/model.tflite")));

/** An archive of one stored file, as the Python tools append it; `before` bytes stand in front of it. */
function zipOf(name: string, text: string, before: number): Uint8Array {
  const [title, data] = [Buffer.from(name), Buffer.from(text)];
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  const common = Buffer.alloc(26);
  common.writeUInt32LE(crc32(data), 10);
  common.writeUInt32LE(data.length, 14);
  common.writeUInt32LE(data.length, 18);
  common.writeUInt16LE(title.length, 22);
  common.copy(local, 4);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  common.copy(entry, 6);
  entry.writeUInt32LE(before, 42);
  const directory = before + local.length + title.length + data.length;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length + title.length, 12);
  end.writeUInt32LE(directory, 16);
  return Buffer.concat([local, title, data, entry, title, end]);
}

function withMetadata(archive: (before: number) => Uint8Array): Uint8Array {
  const metadata = writeFlatbuffer(TFLITE_METADATA, {
    name: "Digits",
    author: "Somebody",
    subgraphMetadata: [
      {
        inputTensorMetadata: [
          {
            content: { contentProperties: { type: "ImageProperties", value: { colorSpace: ColorSpaceType.GRAYSCALE } } },
            processUnits: [{ options: { type: "NormalizationOptions", value: { mean: [127.5], std: [128] } } }],
          },
        ],
        outputTensorMetadata: [{ associatedFiles: [{ name: "labels.txt", type: AssociatedFileType.TENSOR_AXIS_LABELS }] }],
      },
    ],
  });
  const model = readModelFile(MODEL);
  const bytes = writeModelFile({
    ...model,
    buffers: [...model.buffers, { data: metadata }],
    metadata: [{ name: "TFLITE_METADATA", buffer: model.buffers.length }],
  });
  return Buffer.concat([bytes, archive(bytes.byteLength)]);
}

describe("the card of a TFLite file", () => {
  it.each([
    ["the file's beginning", (before: number) => zipOf("labels.txt", "zero\none\r\ntwo\n", before)],
    ["its own", () => zipOf("labels.txt", "zero\none\r\ntwo\n", 0)],
  ])("has labels, normalisation and facts; the archive's places count from %s", (_, archive) => {
    const { card, model } = convertTflite(withMetadata(archive));
    expect(card.labels).toEqual(["zero", "one", "two"]);
    expect(preprocessingSchema.parse(card.preprocessing)).toMatchObject({
      width: 28,
      height: 28,
      channels: 1,
      layout: "nhwc",
      mean: [127.5],
      std: [128],
    });
    expect(card.facts).toMatchObject({ title: "Digits", author: "Somebody" });
    expect(card.notes).toEqual([]);
    expect(model.proto.metadataProps.find(({ key }) => key === "title")?.value).toBe("Digits");
  });

  it("without metadata has the names of the signature only", () => {
    const { card } = convertTflite(MODEL);
    expect(card).toMatchObject({ labels: [], preprocessing: null, notes: [] });
    expect(JSON.parse(card.facts["signature.outputs"] ?? "")).toEqual({ "StatefulPartitionedCall_1:0": "output_0" });
  });

  it("says what of it cannot be read, and the model is converted all the same", () => {
    const { card, nodesAfter } = convertTflite(withMetadata(() => zipOf("other.txt", "zero\n", 0)));
    expect(nodesAfter).toBeGreaterThan(0);
    expect(card.labels).toEqual([]);
    expect(card.notes).toEqual([expect.stringMatching(/^Its list of labels cannot be read: .*labels\.txt/)]);
  });
});
