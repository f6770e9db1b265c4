import type { Ca } from "@flotilla/trust/ca";
import type { ServiceContext } from "../context.ts";

/** What the device API's use cases need besides the rest: they hand out certificates and say where the broker is. */
export interface DevicePlaneContext extends ServiceContext {
  ca: Ca;
  /** `mqtts://host:port` as devices reach it, null where no broker is configured. */
  brokerUrl: string | null;
}

/** A device that proved itself by its certificate. */
export interface DeviceIdentity {
  deviceId: string;
  organisationId: string;
}
