import { z } from "zod";
import { convertError } from "../../errors.ts";
import { type Hdf5Object, openHdf5 } from "../../hdf5/open-hdf5.ts";
import type { ZipArchive } from "../../zip/read-zip.ts";
import { parseJson } from "./parse-json.ts";

/** A group or a dataset of a weights file, or of several that are read as one. */
export interface WeightGroup extends Pick<Hdf5Object, "members" | "read" | "attributes" | "path"> {
  find(path: string): WeightGroup | null;
}

const mapSchema = z.looseObject({ weight_map: z.record(z.string(), z.union([z.string(), z.array(z.string())])) });

/**
 * The weights in `folder` of an archive: its one `.h5` file, or the shards that a `.weights.json` names.
 * Source: keras/src/saving/saving_lib.py, ShardedH5IOStore
 * @throws FlotillaError EXTERNAL_DATA_MISSING where a file is missing, UNSUPPORTED_FORMAT for `.npz`, NOT_A_MODEL where several could be meant
 */
export function openWeights(zip: ZipArchive, folder: string): Hdf5Object | WeightGroup {
  const names = zip.names.filter((name) => name.startsWith(folder) && !name.startsWith("__MACOSX/"));
  const map = names.find((name) => name.endsWith(".weights.json"));
  if (map !== undefined) return openShards(zip, folder, map);
  const files = names.filter((name) => /\.(?:h5|hdf5)$/i.test(name));
  const [file] = files.length > 1 ? files.filter((name) => name === `${folder}model.weights.h5`) : files;
  if (file !== undefined) return openHdf5(zip.read(file));
  if (files.length > 1)
    throw convertError("NOT_A_MODEL", `The archive has ${files.length} weights files, where one is due. Leave the others out.`);
  const packed = names.some((name) => name.endsWith(".npz"));
  throw convertError(
    packed ? "UNSUPPORTED_FORMAT" : "EXTERNAL_DATA_MISSING",
    packed
      ? "The archive has its weights in an .npz file, which is not read. Save the model with model.save()."
      : "The archive has the description of a model, but no weights (.h5) inside. Save the model with model.save().",
  );
}

function openShards(zip: ZipArchive, folder: string, map: string): WeightGroup {
  const parsed = mapSchema.safeParse(parseJson(Buffer.from(zip.read(map)).toString("utf8"), map));
  const files = parsed.success ? [...new Set(Object.values(parsed.data.weight_map).flat())] : [];
  if (files.length === 0) throw convertError("NOT_A_MODEL", `${map} names no weights files. Save the weights again.`);
  const missing = files.find((file) => !zip.names.includes(folder + file));
  if (missing !== undefined)
    throw convertError(
      "EXTERNAL_DATA_MISSING",
      `The archive names the weights file ${JSON.stringify(missing)}, which is not in it. Add it.`,
    );
  return new JoinedGroup(files.map((file) => openHdf5(zip.read(folder + file))));
}

/** Groups at the same path of several files: their members together. */
class JoinedGroup implements WeightGroup {
  readonly #groups: readonly Hdf5Object[];

  constructor(groups: readonly Hdf5Object[]) {
    this.#groups = groups;
  }

  get path(): string {
    return this.#first().path;
  }

  get members(): readonly string[] {
    return [...new Set(this.#groups.flatMap((group) => group.members))];
  }

  get attributes(): Hdf5Object["attributes"] {
    return this.#first().attributes;
  }

  find(path: string): WeightGroup | null {
    const found = this.#groups.flatMap((group) => group.find(path) ?? []);
    const [first = null] = found;
    return found.length > 1 ? new JoinedGroup(found) : first;
  }

  read(): ReturnType<Hdf5Object["read"]> {
    return this.#first().read();
  }

  #first(): Hdf5Object {
    const [first] = this.#groups;
    if (first === undefined) throw convertError("EXTERNAL_DATA_MISSING", "The archive has no weights files. Save the weights again.");
    return first;
  }
}
