import type { Random } from "../kernel/random.ts";
import { applyChange, applyWrite, type DirectoryNode, type FileNode, type Node, type Write } from "./nodes.ts";

const SECTOR_BYTES = 512;

/**
 * What a medium holds after the power failed: what was fsynced, and of everything else any part. POSIX promises no order between writes, nor
 * between the entries of a directory and the content of its files; a write itself may be torn at a sector or at any byte.
 */
export function survivorOf(root: DirectoryNode, random: Random): DirectoryNode {
  const seen = new Map<Node, Node>();
  return directoryAfter(root, random, seen);
}

function nodeAfter(node: Node, random: Random, seen: Map<Node, Node>): Node {
  const known = seen.get(node);
  if (known !== undefined) return known;
  return node.kind === "directory" ? directoryAfter(node, random, seen) : fileAfter(node, random, seen);
}

function directoryAfter(node: DirectoryNode, random: Random, seen: Map<Node, Node>): DirectoryNode {
  const kept = new Map(node.synced);
  for (const change of node.pending) if (random.chance(0.5)) applyChange(kept, change);
  const after: DirectoryNode = { kind: "directory", entries: new Map(), synced: new Map(), pending: [] };
  seen.set(node, after);
  for (const [name, child] of kept) after.entries.set(name, nodeAfter(child, random, seen));
  after.synced = new Map(after.entries);
  for (const child of after.entries.values()) if (child.kind === "file") child.links += 1;
  return after;
}

function fileAfter(node: FileNode, random: Random, seen: Map<Node, Node>): FileNode {
  let content = node.synced;
  for (const write of node.pending) for (const part of keptOf(write, random)) content = applyWrite(content, part);
  const after: FileNode = { kind: "file", data: content, synced: content, pending: [], links: 0 };
  seen.set(node, after);
  return after;
}

/** All of a write, nothing, its beginning, or some of its sectors. */
function keptOf(write: Write, random: Random): Write[] {
  const fate = random.next();
  if (fate < 0.35) return [];
  if (fate < 0.7 || write.kind === "truncate") return [write];
  const { at, bytes } = write;
  if (fate < 0.85) return [{ kind: "write", at, bytes: bytes.subarray(0, random.below(bytes.length + 1)) }];
  const sectors: Write[] = [];
  for (let from = 0; from < bytes.length; from += SECTOR_BYTES) {
    if (random.chance(0.5)) sectors.push({ kind: "write", at: at + from, bytes: bytes.subarray(from, from + SECTOR_BYTES) });
  }
  return sectors;
}
