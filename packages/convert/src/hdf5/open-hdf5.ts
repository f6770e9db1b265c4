import { convertError } from "../errors.ts";
import { readTextAttributes, type TextAttributes } from "./attributes.ts";
import { ByteReader } from "./byte-reader.ts";
import { countElements, readDataspace } from "./dataspace.ts";
import { type Datatype, readDatatype, toLittleEndian } from "./datatype.ts";
import { type Links, readLinks } from "./group-links.ts";
import { type HeaderMessage, MessageType, readObjectHeader } from "./object-header.ts";
import { readElements } from "./read-elements.ts";

const SIGNATURE = Buffer.from("\x89HDF\r\n\x1a\n", "latin1");

export interface Dataset {
  readonly dims: readonly number[];
  readonly type: Datatype;
  /** Little-endian elements; a view into the file where they lie there in one piece. */
  readonly bytes: Uint8Array;
}

/**
 * Opens an HDF5 file for reading, in TypeScript so that nothing in the file can lead out of it, run, or crash the process: what Keras' writers
 * use is read (groups, text attributes, numeric datasets, deflate), everything else is refused by name.
 * Objects are read when they are asked for; each is read once.
 * @throws FlotillaError NOT_A_MODEL, TRUNCATED_FILE, INVALID_GRAPH, UNSUPPORTED_FORMAT
 */
export function openHdf5(bytes: Uint8Array): Hdf5Object {
  for (let start = 0; start + SIGNATURE.length <= bytes.length; start = start === 0 ? 512 : start * 2)
    if (SIGNATURE.equals(bytes.subarray(start, start + SIGNATURE.length))) return readSuperblock(bytes.subarray(start), start);
  throw convertError("NOT_A_MODEL", "The file is not an HDF5 file. Save the model with Keras and upload that file.");
}

/** Source: HDF5 File Format Specification 3.0, II.A. Addresses are relative to the superblock, behind `before` bytes of the user's own; the end of the file is not. */
function readSuperblock(bytes: Uint8Array, before: number): Hdf5Object {
  const head = new ByteReader(bytes, 8);
  const version = head.u8();
  if (version > 3)
    throw convertError(
      "UNSUPPORTED_FORMAT",
      `The HDF5 file has a superblock of version ${version}; 0 to 3 are known. Save the model with Keras' own save().`,
    );
  if (version < 2) head.skip(4);
  const [offsetSize, lengthSize] = [head.u8(), head.u8()];
  for (const size of [offsetSize, lengthSize])
    if (size !== 4 && size !== 8)
      throw convertError(
        "UNSUPPORTED_FORMAT",
        `The HDF5 file has addresses of ${size} bytes, and 4 and 8 are read: it is damaged, or no Keras model. Save the model again with Keras.`,
      );
  const reader = new ByteReader(bytes, head.position, { offsetSize, lengthSize });
  reader.skip(version === 0 ? 9 : version === 1 ? 13 : 1);
  // Base address, then free space or extension.
  reader.skip(2 * offsetSize);
  const end = reader.address() ?? 0;
  if (end > before + bytes.length)
    throw convertError(
      "TRUNCATED_FILE",
      `The HDF5 file has ${before + bytes.length} of its ${end} bytes. Save the model again and upload the whole file.`,
    );
  // Older versions wrap the root in a symbol table entry, behind the address of a driver.
  if (version < 2) reader.skip(2 * offsetSize);
  return new Hdf5Object(new ByteReader(bytes, 0, { offsetSize, lengthSize }), reader.address() ?? -1, "");
}

/** A group or a dataset. */
export class Hdf5Object {
  readonly path: string;
  readonly #file: ByteReader;
  readonly #messages: readonly HeaderMessage[];
  readonly #children = new Map<string, Hdf5Object>();
  #links: Links | null = null;
  #attributes: TextAttributes | null = null;

  constructor(file: ByteReader, address: number, path: string) {
    this.#file = file;
    this.path = path;
    if (path.length > 4096) throw convertError("TOO_DEEP", "The HDF5 file nests its groups too deep for a model. Save the model again.");
    this.#messages = readObjectHeader(file, address);
  }

  /** Texts and lists of texts. */
  get attributes(): TextAttributes {
    this.#attributes ??= readTextAttributes(this.#file, this.#messages);
    return this.#attributes;
  }

  /** Names of the members of a group; none for a dataset. */
  get members(): readonly string[] {
    return [...this.#linksOf().keys()];
  }

  get isDataset(): boolean {
    return this.#messages.some(({ type }) => type === MessageType.layout);
  }

  /** The object at a path below this one, or null. */
  find(path: string): Hdf5Object | null {
    const [name, ...rest] = path.split("/").filter((part) => part !== "");
    return name === undefined ? this : (this.#child(name)?.find(rest.join("/")) ?? null);
  }

  /** Elements and their kind. @throws FlotillaError INVALID_GRAPH where this is a group */
  read(): Dataset {
    const space = this.#messages.find(({ type }) => type === MessageType.dataspace);
    const kind = this.#messages.find(({ type }) => type === MessageType.datatype);
    if (space === undefined || kind === undefined)
      throw convertError("INVALID_GRAPH", `The HDF5 member ${JSON.stringify(this.path)} has no values. Save the model again.`);
    if (kind.shared || space.shared)
      throw convertError(
        "UNSUPPORTED_FORMAT",
        `The HDF5 dataset ${JSON.stringify(this.path)} has a named datatype. Save the model with Keras' own save().`,
      );
    const { dims, maxDims } = readDataspace(space.body.at(space.body.position)) ?? { dims: [], maxDims: [] };
    const type = readDatatype(kind.body.at(kind.body.position));
    const totalBytes = countElements([...dims, type.size]);
    const bytes = readElements(this.#file, this.#messages, { dims, maxDims, elementBytes: type.size, totalBytes });
    return { dims, type, bytes: toLittleEndian(bytes, type) };
  }

  #linksOf(): Links {
    this.#links ??= readLinks(this.#file, this.#messages);
    return this.#links;
  }

  #child(name: string): Hdf5Object | null {
    const known = this.#children.get(name);
    if (known !== undefined) return known;
    const address = this.#linksOf().get(name);
    if (address === undefined) return null;
    const child = new Hdf5Object(this.#file, address, this.path === "" ? name : `${this.path}/${name}`);
    this.#children.set(name, child);
    return child;
  }
}
