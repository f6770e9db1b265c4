import { FlotillaError } from "@flotilla/contracts/errors";
import { type NpyArray, readNpy } from "@flotilla/validate/npy";
import { readArchive } from "./read-archive.ts";

export interface NamedArray {
  /** The entry's name in the archive without ".npy": the name of the input that it is for. */
  readonly name: string;
  readonly array: NpyArray;
}

/** Whether an entry of an archive holds the labels of the samples, not an input. */
export function isLabels(name: string): boolean {
  return name.split("/").at(-1)?.toLowerCase() === "labels.npy";
}

/**
 * The arrays of a `.npz` archive (numpy.savez), one an input, in the order of their names. All count the same samples on their first axis.
 * @throws FlotillaError NOT_A_DATA_SET where they do not, and what archives and `.npy` files throw
 */
export async function readArrays(path: string): Promise<NamedArray[]> {
  const arrays = await readNamedArrays(path, (name) => !isLabels(name));
  const [first] = arrays.toSorted(byName);
  const odd = arrays.find(({ array }) => array.shape[0] !== first?.array.shape[0]);
  if (first === undefined || first.array.shape[0] === undefined || first.array.shape[0] < 1 || odd !== undefined) {
    const found = arrays.map(({ name, array }) => `"${name}" (${array.shape.join(", ")})`).join(", ");
    throw new FlotillaError(
      "NOT_A_DATA_SET",
      `The arrays of the archive do not hold equally many samples: ${found}. The first axis of each counts the samples.`,
    );
  }
  return arrays.toSorted(byName);
}

/**
 * The arrays of a `.npz` archive whose entries are wanted, in the archive's order.
 * @throws FlotillaError what archives and `.npy` files throw
 */
export async function readNamedArrays(path: string, isWanted: (entry: string) => boolean = () => true): Promise<NamedArray[]> {
  const arrays: NamedArray[] = [];
  await readArchive(path, async (entry) => {
    const { name } = entry;
    if (name.toLowerCase().endsWith(".npy") && isWanted(name))
      arrays.push({ name: name.slice(0, -".npy".length), array: readNpy(await entry.read()) });
  });
  return arrays;
}

function byName(a: NamedArray, b: NamedArray): number {
  return a.name < b.name ? -1 : 1;
}
