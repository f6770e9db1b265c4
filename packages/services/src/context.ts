import type { BlobStore } from "@flotilla/blob";
import type { Role } from "@flotilla/contracts";
import type { TrustedKey } from "@flotilla/contracts";
import type { Db } from "@flotilla/db";
import type { Enqueuer } from "@flotilla/jobs";
import type { Logger } from "@flotilla/logger";

/** What every use case gets: made once a process. `clock` is the only source of "now", so that tests can set it. */
export interface ServiceContext {
  db: Db;
  blob: BlobStore;
  queue: Enqueuer;
  clock: () => Date;
  logger: Logger;
  /** Public halves of the keys that releases are signed with; given to devices at enrolment. */
  signerKeys?: readonly TrustedKey[];
  /** Where unfinished uploads lie; given in the process that receives them. */
  uploadDirectory?: string;
  /** What a device needs to find us; given where enrolment commands are made. */
  enrolment?: EnrolmentAddress;
}

/** `webUrl` serves the agent's file, `gatewayUrl` enrols; the fingerprint is the SHA-256 of our CA certificate, 64 hex digits. */
export interface EnrolmentAddress {
  webUrl: string;
  gatewayUrl: string;
  caFingerprint: string;
}

/** Who does something, and for which organisation: the only thing a use case may derive its `organisationId` from. */
export interface Actor {
  userId: string;
  name: string;
  organisationId: string;
  role: Role;
}
