import { type DeviceProfile, deviceProfileSchema } from "@flotilla/contracts/device-profile";
import type { Logger } from "@flotilla/logger";
import { execFile } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, cpus, platform, totalmem } from "node:os";
import { promisify } from "node:util";
import type { AgentPaths } from "./agent-paths.ts";
import { readTextIfThere, writeFileAtomic } from "./atomic-file.ts";

const runFile = promisify(execFile);
/** Flags that decide how fast an integer or half-precision model runs. */
const FLAGS = new Set([
  "avx",
  "avx2",
  "avx512f",
  "avx512vl",
  "avx512_vnni",
  "avx_vnni",
  "amx_int8",
  "f16c",
  "fma",
  "asimd",
  "asimddp",
  "asimdhp",
  "i8mm",
  "sve",
  "bf16",
]);

type Runtime = DeviceProfile["runtimes"][number];

/**
 * What this device can run. The runtime is tried out in a child process once per version and remembered.
 *
 * @param entry the agent's own file
 * @param name a profile name to use instead of `<os>-<arch>-cpu`
 */
export async function probeProfile(
  entry: string,
  paths: AgentPaths,
  agentVersion: string,
  name: string | undefined,
  logger: Logger,
): Promise<DeviceProfile> {
  await mkdir(paths.data, { recursive: true, mode: 0o700 });
  const processors = cpus();
  return {
    name: name ?? `${platform()}-${arch()}-cpu`,
    arch: arch(),
    os: platform(),
    cpuModel: processors[0]?.model.trim() ?? "unknown",
    cpuCount: Math.max(1, processors.length),
    cpuFlags: await cpuFlags(),
    memoryBytes: totalmem(),
    diskFreeBytes: await paths.fs.freeBytes(paths.data),
    runtimes: await runtimes(entry, paths, logger),
    agentVersion,
  };
}

async function cpuFlags(): Promise<string[]> {
  const text = (await readFile("/proc/cpuinfo", "utf8").catch(() => null)) ?? "";
  const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(text)?.[1] ?? "";
  return line.split(/\s+/).filter((flag) => FLAGS.has(flag));
}

async function runtimes(entry: string, paths: AgentPaths, logger: Logger): Promise<Runtime[]> {
  const version = await installedVersion(entry);
  if (version === null) {
    logger.error("onnxruntime-node is not installed beside the agent: no release can run here");
    return [];
  }
  const remembered = deviceProfileSchema.shape.runtimes.safeParse(parseJson((await readTextIfThere(paths.fs, paths.profile)) ?? "[]"));
  if (remembered.success && remembered.data.some((runtime) => runtime.version === version && runtime.formats !== undefined))
    return remembered.data;
  try {
    const { stdout } = await runFile(process.execPath, [entry, "--probe-runtime", version], { timeout: 60_000 });
    const probed = deviceProfileSchema.shape.runtimes.parse([JSON.parse(stdout)]);
    await writeFileAtomic(paths.fs, paths.profile, JSON.stringify(probed)).catch((error: unknown) =>
      logger.warn({ error: String(error) }, "what this device can run could not be written down: it is tried out at the next start too"),
    );
    return probed;
  } catch (error) {
    logger.error({ error: error instanceof Error ? error.message : String(error) }, "onnxruntime cannot be loaded on this device");
    return [];
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The package is looked for from the agent's own file on, as the host will. */
async function installedVersion(entry: string): Promise<string | null> {
  try {
    const path = createRequire(entry).resolve("onnxruntime-node/package.json");
    const parsed: unknown = JSON.parse(await readFile(path, "utf8"));
    return typeof parsed === "object" && parsed !== null && "version" in parsed ? String(parsed.version) : null;
  } catch {
    return null;
  }
}
