import type { BlobStore } from "@flotilla/blob";
import type { Role } from "@flotilla/contracts";
import type { TrustedKey } from "@flotilla/contracts";
import type { Db } from "@flotilla/db";
import type { EnrolmentAddress } from "@flotilla/domain";
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
  /** True where a supervisor simulates devices on this machine when asked to: in the embedded stack, never in production. */
  simulatesDevices?: boolean;
}

/** Who does something, and for which organisation: the only thing a use case may derive its `organisationId` from. */
export interface Actor {
  userId: string;
  name: string;
  organisationId: string;
  role: Role;
}
