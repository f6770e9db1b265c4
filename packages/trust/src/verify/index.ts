export { createCsr, createDeviceKeyAndCsr, type DeviceKeyAndCsr } from "./create-csr.ts";
export { fingerprintOf, keyIdOf } from "./key-id.ts";
export { preAuthEncoding } from "./pae.ts";
export { readReleaseManifest } from "./read-release-manifest.ts";
export { verifyEnvelope } from "./verify-envelope.ts";
