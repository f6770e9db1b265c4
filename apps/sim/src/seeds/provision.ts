import { emptyJournal, type Journal } from "@flotilla/agent/core/journal";
import { Device } from "../device/device.ts";
import type { Disk } from "../file-system/disk.ts";
import { DATA } from "../invariants/device-invariants.ts";
import { makeRelease, MODEL_ID, type SimRelease } from "../people/make-release.ts";
import type { World } from "../world.ts";

/** Three to five devices, some of them with a release from the factory. */
export function provision(world: World): void {
  const { random, store } = world;
  const factory = makeRelease(random, 1, "good");
  store.releases.set(factory.id, factory);
  const count = 3 + random.below(3);
  for (let index = 0; index < count; index += 1) addDevice(world, () => (random.chance(0.5) ? factory : null));
}

/** A device that is switched on within a minute. @param factory what it was made with */
export function addDevice(world: World, factory: () => SimRelease | null): Device {
  const { random, store, devices } = world;
  const device = new Device(world, random.uuid(), devices.length);
  devices.push(device);
  store.addDevice(device.id, device.name);
  device.disk.mkdir(DATA);
  const release = factory();
  if (release !== null) install(device, release);
  syncAll(device.disk, "/");
  device.invariants.journalDurable(device.disk);
  world.after(random.between(0, 60_000), `${device.name} is switched on`, () => {
    if (device.life === null) device.boot();
  });
  return device;
}

function install({ disk, ledger }: Device, release: SimRelease): void {
  const slot = `${DATA}/slots/A`;
  disk.mkdir(`${DATA}/slots`);
  disk.mkdir(slot);
  for (const { name, sha256 } of release.files) put(disk, `${slot}/${name}`, release.bytes.get(sha256) ?? Buffer.alloc(0));
  put(disk, `${slot}/slot.json`, JSON.stringify({ envelope: release.envelope, variantSha256: release.sha256 }));
  put(disk, `${slot}/confirmed.json`, JSON.stringify({ seq: 0 }));
  put(disk, `${DATA}/journal.json`, `${JSON.stringify(journalOf(release))}\n`);
  ledger.probed.add(release.id);
  ledger.highestCounter = release.counter;
}

function journalOf({ id, sha256, counter }: SimRelease): Journal {
  const record = { releaseId: id, variantSha256: sha256, modelId: MODEL_ID, modelName: "m", version: counter, counter, confirmed: true };
  return {
    ...emptyJournal(),
    current: "A",
    slots: { A: record, B: null },
    counters: { [MODEL_ID]: counter },
    outcome: { seq: 0, phase: "ACTIVE", reason: null },
  };
}

function put(disk: Disk, path: string, content: string | Buffer): void {
  disk.write(disk.create(path), 0, Buffer.from(content));
}

function syncAll(disk: Disk, path: string): void {
  const node = disk.lookup(path);
  if (node === undefined) return;
  disk.sync(node);
  if (node.kind === "directory") for (const name of node.entries.keys()) syncAll(disk, `${path}/${name}`);
}
