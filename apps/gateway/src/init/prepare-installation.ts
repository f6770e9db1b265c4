import { access, mkdir } from "node:fs/promises";
import path from "node:path";
import { GATEWAY_IDENTITY } from "@flotilla/contracts";
import { loadOrCreateCa } from "@flotilla/trust/ca";
import { loadOrCreateSigner } from "@flotilla/trust/sign";
import { replaceFile } from "../revocations/replace-file.ts";

export interface InstallationFolders {
  secrets: string;
  broker: string;
  trust: string;
}

/**
 * Makes the files of a new installation, and renews those that end soon: CA, signing key, the gateways' client certificate, and the broker's
 * certificate and revocation list. What is there stays; run it at every start.
 */
export async function prepareInstallation(folders: InstallationFolders, brokerNames: readonly string[]): Promise<void> {
  const { secrets, broker, trust } = folders;
  for (const folder of [broker, trust]) await mkdir(folder, { recursive: true });
  const ca = await loadOrCreateCa(secrets);
  await loadOrCreateSigner(secrets);
  await ca.issueClient(GATEWAY_IDENTITY, path.join(secrets, "gateway"));
  const server = await ca.issueServer(brokerNames, path.join(secrets, "broker"));
  await replaceFile(path.join(trust, "ca.pem"), ca.certificatePem);
  await replaceFile(path.join(broker, "ca.pem"), ca.certificatePem);
  // The CA goes along, so that a device that knows only its fingerprint can pin it.
  await replaceFile(path.join(broker, "server.pem"), server.certPem + ca.certificatePem + server.keyPem, 0o600);
  const list = path.join(broker, "revoked.crl");
  // Only where there is none: the gateways' list must not be emptied by a restart.
  if (!(await exists(list))) await replaceFile(list, await ca.issueRevocationList([]));
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
