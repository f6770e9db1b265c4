import { type AgentGround, type AgentParts, assembleAgent, bootAgent } from "@flotilla/agent/assemble-agent";
import { agentPaths } from "@flotilla/agent/effects/agent-paths";
import type { Report, StateReport } from "@flotilla/contracts";
import { Disk } from "../file-system/disk.ts";
import { SimFileSystem } from "../file-system/sim-file-system.ts";
import { DATA, DeviceInvariants } from "../invariants/device-invariants.ts";
import { Ledger } from "../invariants/ledger.ts";
import { Random } from "../kernel/random.ts";
import { TRUSTED_KEYS } from "../people/make-release.ts";
import type { ServerAnswer } from "../server/answer-http.ts";
import type { World } from "../world.ts";
import { DeviceClock } from "./device-clock.ts";
import { type DiskFaults, SimDiskGuard } from "./disk-guard.ts";
import { Life } from "./life.ts";
import { PROFILE, SETTINGS, SILENT } from "./settings.ts";
import { SimClient } from "./sim-client.ts";
import { SimLink } from "./sim-link.ts";
import { type SimHost, simRuntime } from "./sim-runtime.ts";

const SPOOL = `${DATA}/spool`;

/** A board with its disk and clock, on which the real agent lives one life after the other. */
export class Device {
  readonly id: string;
  readonly name: string;
  readonly ledger = new Ledger();
  readonly invariants: DeviceInvariants;
  readonly clock: DeviceClock;
  readonly diskFaults: DiskFaults = { ioError: 0, readOnly: false };
  readonly fuse: { calls: number | null } = { calls: null };
  disk = new Disk();
  life: Life | null = null;
  parts: AgentParts | null = null;
  hosts = new Map<string, SimHost>();
  serving: SimHost | null = null;
  readonly #world: World;
  readonly #random: Random;
  readonly #cache = new Map<string, ServerAnswer>();

  constructor(world: World, id: string, index: number) {
    this.#world = world;
    this.id = id;
    this.name = `d${index + 1}`;
    this.#random = new Random(world.seed, 100 + index);
    this.clock = new DeviceClock(world);
    this.invariants = new DeviceInvariants(world, this.ledger, this.name);
  }

  /** Starts the agent, as the device's init system does. */
  boot(): void {
    const life = new Life(this.#world, this.name, this.#random.uuid());
    this.life = life;
    this.hosts = new Map();
    this.serving = null;
    this.ledger.boots.push(life.bootId);
    this.#world.note(`${this.name} boots`);
    const ground = this.#ground(life);
    const parts = assembleAgent(ground);
    this.parts = parts;
    this.#watchReports(parts);
    void bootAgent(ground, parts).then(
      () => this.#world.rules.tamperWithParts(this, parts),
      (error: unknown) => this.#gaveUp(life, error),
    );
  }

  /** The agent ended itself: it is started again. */
  #gaveUp(life: Life, error: unknown): void {
    if (life.isDead) return;
    this.#world.note(`${this.name} cannot start: ${error instanceof Error ? error.message : String(error)}`);
    this.cut("exit", 5000);
  }

  #ground(life: Life): AgentGround {
    const world = this.#world;
    const guard = new SimDiskGuard({
      world,
      life,
      faults: this.diskFaults,
      fuse: this.fuse,
      blow: () => this.cut(this.#random.chance(world.faults.powerCut) ? "power cut" : "kill"),
      disk: () => this.disk,
      changed: (call, path) => this.#changed(call, path),
      synced: (path) => {
        if (path === DATA) this.invariants.journalDurable(this.disk);
      },
      imagineCut: () => this.invariants.survives(this.disk.afterPowerCut(world.random)),
    });
    const paths = agentPaths(DATA, new SimFileSystem(() => this.disk, guard));
    const acknowledged = (report: Report): void => void this.ledger.acknowledged.add(`${report.bootId} ${report.n}`);
    return {
      options: SETTINGS,
      entry: "agent",
      logger: SILENT,
      random: this.#random.next,
      clock: () => this.clock.now(),
      timers: life,
      bootId: life.bootId,
      paths,
      profile: PROFILE,
      router: {
        serve: (socket) => this.#serve(socket),
        drained: async () => await life.sleep(50, "drained"),
      },
      socketDirectory: "/run",
      holder: { identity: this.#identity() },
      client: world.rules.wrapClient(
        this,
        new SimClient(world, life, this.id, this.#cache, {
          acknowledged: (body) => (body as { reports: Report[] }).reports.forEach(acknowledged),
        }),
      ),
      createLink: (options) => new SimLink(world, life, this.id, world.rules.wrapLink(this, options), acknowledged),
      runtime: simRuntime(world, life, this.hosts, {
        opened: (directory) => this.invariants.opened(this.disk, directory),
        probed: (release) => this.invariants.probed(release),
        lost: (directory) => this.invariants.lost(directory),
        verifySlot: world.rules.verifySlot,
      }),
      decide: (state, event, ...rest) => {
        this.invariants.decides(event);
        return world.rules.decide(state, event, ...rest);
      },
      memoryFreeBytes: () => PROFILE.memoryBytes >> 1,
    };
  }

  #identity(): AgentGround["holder"]["identity"] {
    const trustedKeys = [...this.#world.rules.trustedKeys(TRUSTED_KEYS)];
    const certificate = { certificatePem: "", caPem: "", privateKeyPem: "", serverCaPem: "", server: "https://server" };
    return { status: "enrolled", deviceId: this.id, brokerUrl: "mqtts://broker", trustedKeys, ...certificate };
  }

  #changed(call: string, path: string): void {
    if (call === "rename" && path.startsWith(`${SPOOL}/`)) this.#noteSpooled(path);
    this.invariants.changed(this.disk, call, path);
  }

  #serve(socket: string | null): void {
    this.serving = socket === null ? null : (this.hosts.get(socket) ?? null);
    this.invariants.served(this.serving?.release ?? null);
  }

  #watchReports(parts: AgentParts): void {
    const { spool } = parts;
    const append = spool.appendState.bind(spool);
    spool.appendState = async (body, durable) => {
      this.#world.note(`${this.name} ${body.phase} seq ${body.seq}${body.reason === undefined ? "" : ` ${body.reason.code}`}`);
      this.#world.history.count(`phase ${body.phase}`);
      this.invariants.reported(body);
      await append(body, durable);
    };
  }

  /** Ends the agent at once. After a power cut the disk holds only what it must, and anything else by chance. */
  cut(how: "power cut" | "kill" | "exit", downMs = this.#random.between(1000, 120_000)): void {
    if (this.life === null) return;
    this.life.isDead = true;
    this.life = null;
    this.serving = null;
    this.#world.note(`${this.name} ${how}`);
    this.#world.history.count(how);
    if (how === "power cut") this.#losePower();
    this.#world.after(downMs, `${this.name} is switched on`, () => {
      if (this.life === null) this.boot();
    });
  }

  #losePower(): void {
    this.disk = this.disk.afterPowerCut(this.#world.random);
    this.invariants.survives(this.disk);
    // A name may hold another report now: one whose deletion was lost, or none.
    this.invariants.spooled.clear();
    const spool = this.disk.lookup(SPOOL);
    for (const name of spool?.kind === "directory" ? spool.entries.keys() : []) this.#noteSpooled(`${SPOOL}/${name}`);
    if (this.#random.chance(0.3)) this.clock.reset();
  }

  #noteSpooled(path: string): void {
    const report = readReport(this.disk.file(path).data.toString("utf8"));
    if (report !== null) this.invariants.spooled.set(path, `${report.bootId} ${report.n}`);
  }
}

/** null for a torn one, at its end or in its middle: it is deleted, and was never promised. */
function readReport(text: string): StateReport | null {
  try {
    return JSON.parse(text) as StateReport;
  } catch {
    return null;
  }
}
