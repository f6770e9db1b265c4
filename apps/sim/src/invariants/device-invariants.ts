import type { Journal, SlotName } from "@flotilla/agent/core/journal";
import type { StateBody } from "@flotilla/agent/core/effect";
import type { AgentEvent } from "@flotilla/agent/core/event";
import { readJournalText } from "./read-journal-text.ts";
import type { Disk } from "../file-system/disk.ts";
import type { SimRelease } from "../people/make-release.ts";
import type { World } from "../world.ts";
import type { Ledger } from "./ledger.ts";

export const DATA = "/data";
const JOURNAL = `${DATA}/journal.json`;

/** What a device says of bytes that are not what was signed. */
const TAMPERED: ReadonlySet<string> = new Set([
  "DIGEST_MISMATCH",
  "LENGTH_MISMATCH",
  "SIGNATURE_INVALID",
  "SIGNED_BY_UNKNOWN_KEY",
  "ENVELOPE_INVALID",
]);

/** What must hold on one device, after every step of it. */
export class DeviceInvariants {
  readonly #world: World;
  readonly #ledger: Ledger;
  readonly #name: string;

  constructor(world: World, ledger: Ledger, name: string) {
    this.#world = world;
    this.#ledger = ledger;
    this.#name = name;
  }

  #fail(invariant: string, message: string): void {
    this.#world.fail(invariant, `${this.#name}: ${message}`);
  }

  /** A change on the disk can be seen. */
  changed(disk: Disk, call: string, path: string): void {
    if (path === JOURNAL && call === "rename") return this.#journalSeen(disk.file(JOURNAL).data.toString("utf8"));
    const slot = /^\/data\/slots\/([AB])(\/(.*))?$/.exec(path);
    if (slot !== null && slot[3]?.startsWith("confirmed.json") !== true) this.#slotTouched(slot[1] as SlotName, call, path);
    const spooled = /^\/data\/spool\/[^/]+\.json$/.exec(path);
    if (spooled !== null && call === "unlink") this.#spoolRemoved(path);
  }

  #journalSeen(text: string): void {
    const { durable, served, candidates } = this.#ledger;
    candidates.push(text);
    const journal = readJournalText(text);
    if (journal === null) return this.#fail("journal-parses", `the journal that replaces the old one cannot be read: ${text.slice(0, 80)}`);
    if (durable !== null && journal.seq < durable.seq)
      this.#fail("seq-never-goes-back", `the journal goes from seq ${durable.seq} to ${journal.seq}`);
    if (journal.seq > 0 && !served.has(journal.seq))
      this.#fail("seq-was-assigned", `the journal has seq ${journal.seq}, which no server ever gave to it`);
  }

  /** fsync of the data directory has returned: the agent builds on its journal now. */
  journalDurable(disk: Disk): void {
    const node = disk.lookup(JOURNAL);
    if (node?.kind !== "file") return;
    const text = node.data.toString("utf8");
    this.#ledger.durable = readJournalText(text) ?? this.#ledger.durable;
    this.#ledger.candidates = [text];
  }

  #slotTouched(slot: SlotName, call: string, path: string): void {
    const { durable } = this.#ledger;
    if (durable?.current === slot) this.#fail("current-slot-is-never-written", `${call} ${path} while slot ${slot} is the current one`);
    else if (durable !== null && durable.slots[slot] !== null)
      this.#fail("journal-before-effect", `${call} ${path} while the journal on the disk still counts on slot ${slot}`);
  }

  readonly spooled = new Map<string, string>();

  #spoolRemoved(path: string): void {
    const key = this.spooled.get(path);
    if (key !== undefined && !this.#ledger.acknowledged.has(key))
      this.#fail("report-kept-until-acknowledged", `report ${key} was deleted before anybody acknowledged it`);
  }

  /** A report is made. */
  reported(body: StateBody): void {
    const { probed, proved, serving, hadDiskErrors, unheardEnds } = this.#ledger;
    if (body.running !== null && body.running.releaseId !== serving && unheardEnds.size === 0)
      this.#fail(
        "report-tells-the-truth",
        `it reports to run ${body.running.releaseId.slice(0, 8)} and serves ${serving?.slice(0, 8) ?? "nothing"}`,
      );
    if (body.running !== null && !probed.has(body.running.releaseId))
      this.#fail("runs-what-probed-well", `it runs ${body.running.releaseId.slice(0, 8)}, which never passed its probe here`);
    if (body.phase === "ACTIVE" && body.running !== null) proved.add(`${body.seq} ${body.running.releaseId} ${body.running.variantSha256}`);
    const release = body.releaseId === null ? undefined : this.#world.store.releases.get(body.releaseId);
    if (body.phase !== "REJECTED" || release === undefined || hadDiskErrors || this.#ledger.isRotten) return;
    const isBad = ["foreign-signature", "broken-signature", "tampered-bytes"].includes(release.trait);
    if (!isBad && body.reason !== undefined && TAMPERED.has(body.reason.code))
      this.#fail("only-what-is-bad-is-rejected", `it rejects a sound release: ${body.reason?.code} ${body.reason?.message}`);
  }

  /** A model is about to be opened. @returns the release that the slot really holds */
  opened(disk: Disk, directory: string): SimRelease | null {
    const slot = slotOf(directory);
    const { durable, highestCounter, probed } = this.#ledger;
    if (durable !== null && durable.current !== slot && durable.trying?.slot !== slot)
      this.#fail("journal-before-effect", `slot ${slot} is started, and the journal on the disk does not say so`);
    const release = this.releaseIn(disk, slot);
    if (release === null || release.trait === "foreign-signature" || release.trait === "broken-signature") {
      this.#fail("runs-only-what-is-verified", `slot ${slot} is opened, and what it holds was never signed like that`);
      return release;
    }
    if (release.counter < highestCounter && !probed.has(release.id))
      this.#fail("rollback-rule", `release ${release.counter} is opened after ${highestCounter} was confirmed`);
    return release;
  }

  probed(release: SimRelease): void {
    this.#ledger.probed.add(release.id);
  }

  /** A host has ended by itself. */
  lost(directory: string): void {
    this.#ledger.unheardEnds.add(slotOf(directory));
  }

  /** The agent's loop comes to an event. */
  decides(event: AgentEvent): void {
    if (event.kind === "host-failed" || event.kind === "host-ready") this.#ledger.unheardEnds.delete(event.slot);
    else if (event.kind === "booted") this.#ledger.unheardEnds.clear();
  }

  /** A host begins to answer applications. */
  served(release: SimRelease | null): void {
    const { probed } = this.#ledger;
    if (release !== null && !probed.has(release.id))
      this.#fail("runs-what-probed-well", `it serves ${release.id.slice(0, 8)}, which never passed its probe here`);
    if (release === null) return;
    this.#ledger.serving = release.id;
    this.#ledger.highestCounter = Math.max(this.#ledger.highestCounter, release.counter);
  }

  /** The release whose signed files, all of them, lie in the slot. */
  releaseIn(disk: Disk, slot: SlotName): SimRelease | null {
    const directory = `${DATA}/slots/${slot}`;
    const about = disk.lookup(`${directory}/slot.json`);
    if (about?.kind !== "file") return null;
    const text = about.data.toString("utf8");
    const release = [...this.#world.store.releases.values()].find((candidate) => text.includes(candidate.envelope.payload));
    if (release === undefined) return null;
    const isWhole = release.files.every(({ name, sha256 }) => {
      const file = disk.lookup(`${directory}/${name}`);
      return file?.kind === "file" && release.bytes.get(sha256)?.equals(file.data) === true;
    });
    return isWhole ? release : null;
  }

  /** After a power cut, a real one or one that was only imagined: what is left is enough to go on with. */
  survives(left: Disk): void {
    const { durable, candidates } = this.#ledger;
    if (durable === null) return;
    const node = left.lookup(JOURNAL);
    if (node?.kind !== "file") return this.#fail("journal-survives", "after a power cut there is no journal");
    const text = node.data.toString("utf8");
    const journal = readJournalText(text);
    if (journal === null)
      return this.#fail("journal-survives", `after a power cut the journal cannot be read: ${JSON.stringify(text.slice(0, 60))}`);
    if (!candidates.includes(text))
      return this.#fail("journal-survives", `after a power cut the journal is an old one, of seq ${journal.seq} after ${durable.seq}`);
    this.#currentSurvives(left, journal);
  }

  #currentSurvives(left: Disk, { current }: Journal): void {
    if (current === null || this.#ledger.isRotten) return;
    const release = this.releaseIn(left, current);
    if (release === null) return this.#fail("always-something-to-run", `after a power cut slot ${current}, the current one, is not whole`);
    if (!this.#ledger.probed.has(release.id))
      this.#fail("always-something-to-run", `after a power cut slot ${current} holds what never passed its probe`);
  }
}

const slotOf = (directory: string): SlotName => (directory.endsWith("A") ? "A" : "B");
