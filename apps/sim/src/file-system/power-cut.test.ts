import { agentPaths } from "@flotilla/agent/effects/agent-paths";
import { writeFileAtomic } from "@flotilla/agent/effects/atomic-file";
import { downloadFile } from "@flotilla/agent/effects/download-file";
import { downloadRelease } from "@flotilla/agent/effects/download-release";
import { stageSlot } from "@flotilla/agent/effects/slot-store";
import { expect, it } from "vitest";
import { Random } from "../kernel/random.ts";
import { makeRelease } from "../people/make-release.ts";
import { Disk, errno } from "./disk.ts";
import { type DiskGuard, SimFileSystem } from "./sim-file-system.ts";

const CUTS = 200;
const random = new Random(1);
const release = makeRelease(random, 1, "good");
const calm: DiskGuard = {
  enter: async () => undefined,
  changed: () => undefined,
  synced: () => undefined,
  ignoresSync: () => false,
};

function begin(guard: Partial<DiskGuard> = {}): { disk: Disk; fs: SimFileSystem } {
  const disk = new Disk();
  disk.mkdir("/data");
  disk.sync(disk.directory("/"));
  return { disk, fs: new SimFileSystem(() => disk, { ...calm, ...guard }) };
}

const textOf = (disk: Disk, path: string): string | null => {
  const node = disk.lookup(path);
  return node?.kind === "file" ? node.data.toString("utf8") : null;
};

it("keeps what was fsynced, and may keep, lose or tear what was not", async () => {
  const { disk, fs } = begin();
  await writeFileAtomic(fs, "/data/a", "old");
  const file = await fs.open("/data/a", "w");
  await file.writeFile("the new content");
  const left = new Set(Array.from({ length: CUTS }, () => textOf(disk.afterPowerCut(random), "/data/a")));
  expect(left).toContain("old");
  expect(left).toContain("the new content");
  expect(left).toContain("");
  expect(left.size).toBeGreaterThan(5);
  await file.sync();
  expect(textOf(disk.afterPowerCut(random), "/data/a")).toBe("the new content");
});

it("may forget a rename until its directory is fsynced", async () => {
  const { disk, fs } = begin();
  await writeFileAtomic(fs, "/data/a", "old");
  await writeFileAtomic(fs, "/data/b", "new");
  await fs.rename("/data/b", "/data/a");
  const left = new Set(Array.from({ length: CUTS }, () => textOf(disk.afterPowerCut(random), "/data/a")));
  expect(left).toEqual(new Set(["old", "new"]));
});

it("a full disk takes the beginning of a write", async () => {
  const { disk, fs } = begin();
  disk.capacityBytes = 4;
  await expect((await fs.open("/data/a", "w")).writeFile("123456")).rejects.toMatchObject({ code: "ENOSPC" });
  expect(textOf(disk, "/data/a")).toBe("1234");
});

/** A device whose slot A holds the release, with every byte of it durable. */
function withSlot(): { disk: Disk; fs: SimFileSystem } {
  const made = begin();
  for (const directory of ["/data/slots", "/data/slots/A", "/data/downloads"]) made.disk.mkdir(directory);
  for (const { name, sha256 } of release.files) {
    const node = made.disk.create(`/data/slots/A/${name}`);
    made.disk.write(node, 0, release.bytes.get(sha256) ?? Buffer.alloc(0));
    made.disk.sync(node);
  }
  for (const directory of ["/data", "/data/slots", "/data/slots/A", "/data/downloads"]) made.disk.sync(made.disk.directory(directory));
  return made;
}

const fetchNothing = { server: "https://server", open: async () => await Promise.reject(new Error("nothing is fetched")) };

async function takeFromSlot(fs: SimFileSystem): Promise<void> {
  const paths = agentPaths("/data", fs);
  await downloadRelease({
    client: fetchNothing,
    fs,
    directory: paths.downloads,
    slots: [paths.slot("A")],
    files: release.files,
    signal: AbortSignal.timeout(5000),
    onProgress: () => undefined,
  });
}

it("what is taken from a slot is whole after a power cut: a torn file would pass for a forgery", async () => {
  const { disk, fs } = withSlot();
  await takeFromSlot(fs);
  for (let cut = 0; cut < CUTS; cut += 1) {
    const left = disk.afterPowerCut(random);
    for (const { sha256 } of release.files) expect(left.file(`/data/downloads/${sha256}`).data).toEqual(release.bytes.get(sha256));
  }
});

it("what a power cut has left of a copy is not written through: it may be another name of a slot's file", async () => {
  const { disk, fs } = withSlot();
  const [model] = release.files;
  disk.link("/data/slots/A/model.onnx", `/data/downloads/${model?.sha256}.copy`);
  const before = disk.file("/data/slots/A/model.onnx").data;
  await takeFromSlot(fs);
  expect(disk.file("/data/slots/A/model.onnx").pending).toEqual([]);
  expect(disk.file("/data/slots/A/model.onnx").data).toEqual(before);
});

it("a slot that is staged is there after a power cut, also the first one, whose folder was made for it", async () => {
  const { disk, fs } = begin();
  disk.mkdir("/data/downloads");
  for (const [sha256, bytes] of release.bytes) disk.write(disk.create(`/data/downloads/${sha256}`), 0, bytes);
  const [variant] = release.manifest.variants;
  if (variant === undefined) throw new Error("a release has a variant");
  const assignment = { seq: 1, rolloutId: null, releaseId: release.id, variant, envelope: release.envelope, artifacts: [...release.files] };
  await stageSlot(agentPaths("/data", fs), "A", assignment, release.files, async () => undefined);
  for (let cut = 0; cut < CUTS; cut += 1) {
    const left = disk.afterPowerCut(random);
    for (const { name, sha256 } of release.files) expect(left.file(`/data/slots/A/${name}`).data).toEqual(release.bytes.get(sha256));
  }
});

it("after a failed fsync nothing is built upon: the next one would succeed and keep nothing", async () => {
  let refuses = true;
  const { disk, fs } = begin({
    enter: async (access, _call, path) => {
      if (access === "sync" && refuses && path.endsWith(".partial")) throw errno("EIO", path);
    },
  });
  const [file] = release.files;
  const bytes = file === undefined ? undefined : release.bytes.get(file.sha256);
  if (file === undefined || bytes === undefined) throw new Error("a release has files");
  const body = { statusCode: 200, headers: {}, resume: () => undefined, destroy: () => undefined };
  const open = async () => ({ ...body, [Symbol.asyncIterator]: () => [bytes][Symbol.iterator]() as unknown as AsyncIterator<Buffer> });
  const fetchIt = async (): Promise<void> =>
    await downloadFile({
      client: { server: "https://server", open },
      fs,
      directory: "/data/downloads",
      file,
      signal: AbortSignal.timeout(5000),
      onBytes: () => undefined,
    });
  await expect(fetchIt()).rejects.toMatchObject({ code: "EIO" });
  refuses = false;
  await fetchIt();
  expect(disk.file(`/data/downloads/${file.sha256}`).synced).toEqual(bytes);
});
