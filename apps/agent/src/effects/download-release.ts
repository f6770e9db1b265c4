import { FlotillaError, isFlotillaError, type Reason, type ReleaseFile } from "@flotilla/contracts";
import { join } from "node:path";
import { type FileSystem, nodeFileSystem } from "../ports/file-system.ts";
import { nodeTimers, type Timers } from "../ports/timers.ts";
import { fsyncDirectory, fsyncFile } from "./atomic-file.ts";
import { downloadFile } from "./download-file.ts";
import type { DeviceClient } from "./https-client.ts";
import { verifyFile } from "./slot-store.ts";
import { isDiskFull } from "./write-reason.ts";

/** At most two progress reports a second. */
const PROGRESS_MS = 500;

export type DownloadReleaseOptions = {
  client: Pick<DeviceClient, "open" | "server">;
  fs?: FileSystem;
  timers?: Timers;
  directory: string;
  /** Directories of the slots: a file that one of them holds already is not fetched again. */
  slots: readonly string[];
  files: readonly ReleaseFile[];
  signal: AbortSignal;
  onProgress: (fraction: number) => void;
};

/** Fetches every file that is not there yet, one after the other; see `downloadFile` for what it throws. */
export async function downloadRelease(options: DownloadReleaseOptions): Promise<void> {
  const { files, onProgress, fs = nodeFileSystem, timers = nodeTimers } = options;
  const total = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  let before = 0;
  let reportedAt = 0;
  for (const file of files) {
    await takeFromSlots(fs, options, file);
    await downloadFile({
      ...options,
      fs,
      file,
      onBytes: (sizeBytes) => {
        const now = timers.monotonicMs();
        if (now - reportedAt < PROGRESS_MS) return;
        reportedAt = now;
        onProgress(Math.min(1, (before + sizeBytes) / total));
      },
    });
    before += file.sizeBytes;
  }
}

/** Golden sets and models often stay the same from one release to the next. */
async function takeFromSlots(fs: FileSystem, options: DownloadReleaseOptions, file: ReleaseFile): Promise<void> {
  const complete = join(options.directory, file.sha256);
  if ((await fs.stat(complete).catch(() => null)) !== null) return;
  for (const slot of options.slots) {
    const path = join(slot, file.name);
    const fits = await verifyFile(fs, path, file).then(
      () => true,
      () => false,
    );
    if (!fits) continue;
    await fs.mkdirs(options.directory);
    const copy = `${complete}.copy`;
    // Never over what a power cut has left there: it may be a second name of a file in a slot.
    await fs.remove(copy);
    await fs.copyFile(path, copy);
    await fsyncFile(fs, copy);
    await fs.rename(copy, complete);
    await fsyncDirectory(fs, options.directory);
    return;
  }
}

/** Deletes what no assignment under way needs. */
export async function cleanDownloads(fs: FileSystem, directory: string): Promise<void> {
  for (const name of await fs.readdir(directory).catch(() => [])) await fs.remove(join(directory, name));
}

/** What went wrong as a reason for the core; `rejected` means that the bytes themselves are wrong. */
export function downloadReason(error: unknown): { rejected: boolean; reason: Reason } {
  if (isFlotillaError(error) && ["DIGEST_MISMATCH", "LENGTH_MISMATCH"].includes(error.code))
    return { rejected: true, reason: reasonOf(error) };
  if (isDiskFull(error)) {
    return {
      rejected: false,
      reason: {
        code: "NOT_ENOUGH_DISK",
        message: "The disk became full while the release was being downloaded and unpacked. Free some space and roll out again.",
      },
    };
  }
  return { rejected: false, reason: reasonOf(error) };
}

/** Any error as the code and sentence that a report carries. */
export function reasonOf(error: unknown): Reason {
  if (error instanceof FlotillaError) return { code: error.code, message: error.message.slice(0, 1000) };
  return { code: "INTERNAL", message: (error instanceof Error ? error.message : String(error)).slice(0, 1000) };
}
