import { type ErrorCode, isFlotillaError } from "@flotilla/contracts";
import { emptyJournal } from "../core/journal.ts";
import type { AgentPaths } from "./agent-paths.ts";
import { readTextIfThere } from "./atomic-file.ts";
import { enrolAgain, type EnrolContext } from "./enrol.ts";
import type { Identity } from "./identity-store.ts";
import { writeJournal } from "./journal-store.ts";
import { parseJournal } from "./parse-journal.ts";

export type RegainOptions = {
  context: EnrolContext;
  current: () => Identity;
  /** @param isOther the server took the device in as another one */
  regained: (identity: Identity, isOther: boolean) => Promise<void>;
};

/** What a person is told. What runs keeps running in each case. */
const SENTENCES = {
  CERTIFICATE_REQUIRED:
    "the server does not accept this device's certificate any more: it is asked for a new one with the device's own key",
  CERTIFICATE_REPLACED:
    "a newer certificate of this device is in use: its data directory was copied, or an old one was put back. This agent asks to be let in as a new device: accept it in the dashboard, or stop it if it is the copy",
  DEVICE_REVOKED:
    "this device was revoked: it takes no update any more. To let it in again, delete the folder identity in its data directory and start the agent with a token",
} as const satisfies Partial<Record<ErrorCode, string>>;

/** Hears why the server refuses this device, says it once, and asks to be taken in again where that can help. */
export class IdentityKeeper {
  readonly #options: RegainOptions;
  #said: string | null = null;
  #asking = false;

  constructor(options: RegainOptions) {
    this.#options = options;
  }

  /** @param error of a call that was made with the device's certificate */
  heard(error: unknown): void {
    if (!isFlotillaError(error) || !(error.code in SENTENCES)) return;
    const code = error.code as keyof typeof SENTENCES;
    const { logger } = this.#options.context;
    if (this.#said !== code) logger.error({ code, error: error.message }, SENTENCES[code]);
    this.#said = code;
    if (code === "DEVICE_REVOKED" || this.#asking) return;
    void this.#ask(code === "CERTIFICATE_REPLACED");
  }

  async #ask(asOther: boolean): Promise<void> {
    const { context, current, regained } = this.#options;
    this.#asking = true;
    try {
      const before = current();
      const identity = await enrolAgain(context, before, asOther);
      await regained(identity, identity.deviceId !== before.deviceId);
      this.#said = null;
      context.logger.warn({ deviceId: identity.deviceId }, "the device was taken in again");
    } catch (error) {
      if (context.signal.aborted) return;
      context.logger.error({ error: error instanceof Error ? error.message : String(error) }, "the device was not taken in again");
    } finally {
      this.#asking = false;
    }
  }
}

/**
 * Finishes an enrolment that was answered: what is left of an earlier identity of this data directory, its assignment, its numbers and its
 * unsent reports, is not the new one's. What was proved on this device stays. Called before anything of it is read.
 */
export async function settleEnrolment(paths: AgentPaths): Promise<void> {
  if ((await readTextIfThere(paths.fs, paths.enrolment)) === null) return;
  const text = await readTextIfThere(paths.fs, paths.journal);
  const journal = text === null ? null : parseJournal(text);
  const { seq, trying, outcome } = emptyJournal();
  if (journal !== null) await writeJournal(paths, { ...journal, seq, trying, outcome });
  await paths.fs.remove(paths.assignment);
  await paths.fs.remove(paths.spool);
  await paths.fs.remove(paths.enrolment);
}
