import crypto, { KeyObject } from "node:crypto";
import { syncBuiltinESMExports } from "node:module";

type Verify = (
  algorithm: string | null | undefined,
  data: NodeJS.ArrayBufferView,
  key: unknown,
  signature: NodeJS.ArrayBufferView,
) => boolean;

const MOST_REMEMBERED = 500;
/** By key, then by all bytes of the signature and of what it covers. */
const verdicts = new WeakMap<KeyObject, Map<string, boolean>>();

const textOf = ({ buffer, byteOffset, byteLength }: NodeJS.ArrayBufferView): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString("latin1");

/**
 * Makes `verify` of node:crypto remember its answers about a key object. A history checks the same few releases hundreds of times, and that was
 * an eighth of its CPU. A verdict is a function of key, bytes and signature, so what the agent sees is the same. In this process only: the
 * product's code is the product's own.
 */
export function rememberSignatures(): void {
  const verify = crypto.verify as Verify;
  const remembering: Verify = (algorithm, data, key, signature) => {
    if (!(key instanceof KeyObject) || algorithm !== null) return verify(algorithm, data, key, signature);
    const known = verdictsOf(key);
    const question = `${textOf(signature)} ${textOf(data)}`;
    const verdict = known.get(question) ?? verify(algorithm, data, key, signature);
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(question, verdict);
    return verdict;
  };
  Object.assign(crypto, { verify: remembering });
  syncBuiltinESMExports();
}

function verdictsOf(key: KeyObject): Map<string, boolean> {
  const known = verdicts.get(key) ?? new Map<string, boolean>();
  verdicts.set(key, known);
  return known;
}
