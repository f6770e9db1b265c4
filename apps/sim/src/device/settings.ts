import type { DeviceProfile } from "@flotilla/contracts";
import type { AgentGround } from "@flotilla/agent/assemble-agent";
import { createLogger } from "@flotilla/logger";

export const SETTINGS: AgentGround["options"] = {
  threads: 1,
  startTimeoutMs: 60_000,
  hangTimeoutMs: 30_000,
  pollIntervalMs: 600_000,
};

export const PROFILE: DeviceProfile = {
  name: "sim",
  arch: "x64",
  os: "linux",
  cpuModel: "simulated",
  cpuCount: 1,
  cpuFlags: [],
  memoryBytes: 1 << 30,
  diskFreeBytes: 1 << 30,
  runtimes: [{ name: "onnxruntime", version: "1.30.0", providers: ["cpu"], maxOpset: 23, formats: ["onnx"] }],
  agentVersion: "0.1.0",
};

export const SILENT = createLogger("sim", "silent");
