import { DISK_BYTES } from "../file-system/disk.ts";
import type { Device } from "../device/device.ts";
import { DATA } from "../invariants/device-invariants.ts";
import type { World } from "../world.ts";

/** One kind of trouble: it begins, and where it lasts it ends by itself. */
export type Fault = (world: World, device: Device) => void;

/** Something that lasts a while on one device. */
function forAWhile(world: World, label: string, shortestMs: number, longestMs: number, end: () => void): void {
  world.note(label);
  world.after(world.random.between(shortestMs, longestMs), `ends: ${label}`, end);
}

export const FAULTS: Readonly<Record<string, Fault>> = {
  /** At one of the next calls of the file system: in the middle of whatever the agent does then. */
  "power cut at a disk call": ({ random }, { fuse }) => {
    fuse.calls = 1 + random.below(random.chance(0.5) ? 30 : 400);
  },
  "power cut now": (_world, device) => device.cut("power cut"),
  kill: (_world, device) => device.cut("kill", 1000),
  "disk full": (world, device) => {
    const { disk } = device;
    disk.capacityBytes -= disk.freeBytes() - world.random.below(20_000);
    forAWhile(world, `${device.name} disk is full`, 10_000, 400_000, () => void (device.disk.capacityBytes = DISK_BYTES));
  },
  "disk errors": (world, device) => {
    device.ledger.hadDiskErrors = true;
    device.diskFaults.ioError = world.random.pick([0.01, 0.1, 0.5]);
    forAWhile(world, `${device.name} disk gives errors`, 5000, 120_000, () => void (device.diskFaults.ioError = 0));
  },
  "disk read-only": (world, device) => {
    device.ledger.hadDiskErrors = true;
    device.diskFaults.readOnly = true;
    forAWhile(world, `${device.name} disk is read-only`, 5000, 120_000, () => void (device.diskFaults.readOnly = false));
  },
  rot: (world, device) => rot(world, device),
  "clock jumps": (world, device) => {
    device.clock.jump();
    world.note(`${device.name} clock jumps to ${device.clock.now().toISOString()}`);
  },
  "server clock jumps": (world) => {
    world.serverOffsetMs += world.random.between(-120_000, 120_000);
  },
  "device cut off": (world, { id, name }) => {
    world.network.cut(id);
    forAWhile(world, `${name} is cut off from the network`, 5000, 1_500_000, () => world.network.heal(id));
  },
  "server cut off": (world) => {
    world.network.isServerCut = true;
    forAWhile(world, "the server is cut off from the network", 5000, 300_000, () => void (world.network.isServerCut = false));
  },
  "connection dropped": (world, { id }) => world.broker.dropDevice(id),
  "broker crash": (world) => {
    if (!world.broker.isUp) return;
    world.broker.crash(world.random.chance(0.6));
    forAWhile(world, "the broker crashes", 500, 120_000, () => {
      if (!world.broker.isUp) world.broker.restart();
    });
  },
  "gateway crash": (world) => world.crashGateway(),
  "forged hint": (world, device) => {
    world.broker.publishHint(device.id, { seq: world.random.below(40), spreadSeconds: world.random.below(3) });
  },
  "host crash": (_world, { hosts }) => {
    for (const host of hosts.values()) host.crash();
  },
};

/** A byte of a slot changes on the medium, while nothing runs. */
function rot(world: World, device: Device): void {
  device.cut("power cut");
  const slot = device.disk.lookup(`${DATA}/slots/${world.random.pick(["A", "B"])}`);
  if (slot?.kind !== "directory") return;
  const files = [...slot.entries.values()].filter((node) => node.kind === "file");
  if (files.length === 0) return;
  const file = world.random.pick(files);
  if (file.data.length === 0) return;
  const bytes = Buffer.from(file.data);
  const at = world.random.below(bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ 0x10;
  file.data = bytes;
  file.synced = bytes;
  device.ledger.isRotten = true;
  world.note(`${device.name} a byte of a slot rots`);
}
