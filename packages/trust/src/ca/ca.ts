import { ExtendedKeyUsage, ExtendedKeyUsageExtension } from "./x509.ts";
import { FlotillaError } from "@flotilla/contracts";
import { loadOrCreateAuthority } from "./authority.ts";
import { readCsr } from "./read-csr.ts";
import { loadOrIssueService, type ServiceCertificate } from "./service-certificate.ts";

export const DEVICE_CERTIFICATE_DAYS = 90;

export interface DeviceCertificate {
  certificatePem: string;
  /** Lower-case hex. */
  serial: string;
  validFrom: Date;
  expiresAt: Date;
}

export interface Ca {
  readonly certificatePem: string;
  /** Signs the key of `csrPem` for one device: CN = `deviceId`, client authentication only. Throws `CSR_INVALID`. */
  issueDevice(csrPem: string, deviceId: string, days?: number): Promise<DeviceCertificate>;
  /** A server certificate for DNS names and IP addresses, kept in `directory` as `server-<first name>.pem`. */
  issueServer(names: readonly string[], directory: string): Promise<ServiceCertificate>;
  /** A client certificate of one of our processes, such as CN `service:gateway`, kept in `directory` as `<cn>.pem`. */
  issueClient(commonName: string, directory: string): Promise<ServiceCertificate>;
  /** The signed list of certificates (serials in hex) that a broker must refuse, as PEM: for brokers that ask nobody else. */
  issueRevocationList(serials: readonly string[]): Promise<string>;
}

/**
 * The certificate authority of one installation, made in `directory` on first use: P-256, 10 years, `ca-key.pem` (0600) and
 * `ca.pem`. Whoever can read the key can enrol devices.
 */
export async function loadOrCreateCa(directory: string, clock: () => Date = () => new Date()): Promise<Ca> {
  const authority = await loadOrCreateAuthority(directory, clock);
  return {
    certificatePem: authority.certificatePem,
    issueDevice: async (csrPem, deviceId, days = DEVICE_CERTIFICATE_DAYS) => {
      const { publicKey } = await readCsr(csrPem);
      const extensions = [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])];
      const certificate = await authority.issue({ commonName: deviceId, publicKey, days, extensions });
      return {
        certificatePem: `${certificate.toString("pem")}\n`,
        serial: certificate.serialNumber.toLowerCase(),
        validFrom: certificate.notBefore,
        expiresAt: certificate.notAfter,
      };
    },
    issueServer: async (names, serverDirectory) => {
      const [first] = names;
      if (first === undefined) throw new FlotillaError("INVALID_INPUT", "A server certificate needs at least one DNS name or IP address.");
      const request = { fileName: `server-${fileSafe(first)}`, commonName: first, names };
      return await loadOrIssueService(authority, serverDirectory, request, clock());
    },
    issueClient: async (commonName, clientDirectory) => {
      const request = { fileName: fileSafe(commonName), commonName, names: [] };
      return await loadOrIssueService(authority, clientDirectory, request, clock());
    },
    issueRevocationList: async (serials) => await authority.revoke(serials),
  };
}

function fileSafe(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9.-]+/g, "-");
}
