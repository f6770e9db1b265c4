export { type Ca, DEVICE_CERTIFICATE_DAYS, type DeviceCertificate, loadOrCreateCa } from "./ca.ts";
export { type CheckedCsr, readCsr } from "./read-csr.ts";
export type { ServiceCertificate } from "./service-certificate.ts";
