import type { DeviceProfile, VariantFormat } from "@flotilla/contracts";

type Runtime = DeviceProfile["runtimes"][number];

/** The runtime of a device that loads files of a format; undefined where it has none. An agent that does not tell formats loads ONNX. */
export function findRuntime(profile: Pick<DeviceProfile, "runtimes">, format: VariantFormat): Runtime | undefined {
  return profile.runtimes.find(({ formats }) => (formats ?? ["onnx"]).includes(format));
}
