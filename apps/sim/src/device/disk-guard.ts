import { type Disk, errno } from "../file-system/disk.ts";
import type { Node } from "../file-system/nodes.ts";
import type { DiskAccess, DiskGuard } from "../file-system/sim-file-system.ts";
import type { World } from "../world.ts";
import { type Life, never } from "./life.ts";

/** Faults of a device's disk that are on now; a chance for each call. */
export interface DiskFaults {
  ioError: number;
  readOnly: boolean;
}

export interface GuardOptions {
  world: World;
  life: Life;
  faults: DiskFaults;
  /** Calls until the device is cut off: null where it is not to be. */
  fuse: { calls: number | null };
  blow: () => void;
  disk: () => Disk;
  changed: (call: string, path: string) => void;
  synced: (path: string) => void;
  /** Looks at what would be left if the power failed here. */
  imagineCut: () => void;
}

const YIELD_CHANCE = 0.08;
const IMAGINED_CUT_CHANCE = 0.03;

/** Between any two calls, and between the steps of one, the power may fail, time may pass, and the disk may refuse. */
export class SimDiskGuard implements DiskGuard {
  readonly #options: GuardOptions;

  constructor(options: GuardOptions) {
    this.#options = options;
  }

  async enter(access: DiskAccess, call: string, path: string): Promise<void> {
    const { world, life, faults, fuse, blow } = this.#options;
    if (life.isDead) return await never;
    const { random } = world;
    if (random.chance(YIELD_CHANCE)) await life.sleep(random.between(0, 30), "disk");
    if (access !== "read") world.trace(`${life.name} ${call} ${path}`);
    world.history.count("disk calls");
    if (fuse.calls !== null) {
      fuse.calls -= 1;
      if (fuse.calls <= 0) {
        fuse.calls = null;
        world.note(`${life.name} is cut off before ${call} ${path}`);
        blow();
        return await never;
      }
    }
    if (access !== "read" && random.chance(IMAGINED_CUT_CHANCE)) {
      world.history.count("imagined power cut");
      this.#options.imagineCut();
    }
    if (faults.readOnly && access === "write") throw this.#refuse("EROFS", path);
    if (faults.ioError > 0 && random.chance(faults.ioError)) throw this.#refuse("EIO", path);
  }

  #refuse(code: string, path: string): Error {
    const { world, life } = this.#options;
    world.history.count(`disk ${code}`);
    world.trace(`${life.name} ${code} ${path}`);
    return errno(code, path);
  }

  changed(call: string, path: string): void {
    this.#options.changed(call, path);
  }

  synced(path: string): void {
    this.#options.synced(path);
  }

  ignoresSync(kind: Node["kind"], path: string): boolean {
    return this.#options.world.rules.ignoresSync(kind, path);
  }
}
