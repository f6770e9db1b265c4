/**
 * Packs folders of saved models into one test file: `node packages/convert/src/test-support/pack-models.ts <out> <folder>…`. A folder has `in_<n>.npy`,
 * `out3_<n>.npy` (Keras 3) or `out2_<n>.npy` (Keras 2), and `model.keras`, `k3.h5`, `k2.h5`, `k2.keras`, as test-data/make-layers.py writes them.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { packModels, type TestModel, type TestTensor } from "./model-archive.ts";
import { readNpy } from "./read-npy.ts";

const FORMS = /^(?:model\.keras|k3\.h5|k2\.h5|k2\.keras)$/;

function readModel(folder: string): TestModel {
  const names = readdirSync(folder);
  const tensors = (prefix: string): TestTensor[] => {
    const count = names.filter((name) => name.startsWith(prefix)).length;
    return Array.from({ length: count }, (_, index) => readNpy(join(folder, `${prefix}${index}.npy`)));
  };
  return {
    name: basename(folder),
    files: new Map(names.filter((name) => FORMS.test(name)).map((name) => [name, readFileSync(join(folder, name))])),
    inputs: tensors("in_"),
    outputs: { "2": tensors("out2_"), "3": tensors("out3_") },
  };
}

const [out = "", ...folders] = process.argv.slice(2);
const packed = packModels(folders.map(readModel));
writeFileSync(out, packed);
process.stdout.write(`${folders.length} models, ${packed.length} bytes\n`);
