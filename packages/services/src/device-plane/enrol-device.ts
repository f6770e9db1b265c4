import { type EnrolRequest, type EnrolResponse, FlotillaError } from "@flotilla/contracts";
import { notifyLive, type Tx } from "@flotilla/db";
import { type CheckedCsr, readCsr } from "@flotilla/trust/ca";
import { claimToken, findToken, type TokenRow } from "./claim-token.ts";
import { cleanName } from "./clean-name.ts";
import type { DevicePlaneContext } from "./context.ts";
import { issueCertificate } from "./issue-certificate.ts";

const PENDING_RETRY_SECONDS = 10;
/** Anybody can ask without a token; a flood of them must not fill the list. */
const MAX_PENDING = 1_000;

interface Request {
  input: EnrolRequest;
  csr: CheckedCsr;
  organisationId: string;
  token: TokenRow | null;
}

/**
 * Lets a device in: at once with a token, else as pending until a person accepts it. A device is recognised by its key, and the
 * request proves that it holds it; so asking again (a lost answer, an ended certificate) gives the same device a new certificate and
 * uses no token up, and an accepted device's certificate goes to that key alone.
 *
 * Throws `CSR_INVALID`, `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_USED_UP`, `DEVICE_REVOKED`, `RATE_LIMITED` (too many pending).
 */
export async function enrolDevice(ctx: DevicePlaneContext, input: EnrolRequest): Promise<EnrolResponse> {
  const csr = await readCsr(input.csrPem);
  const token = input.token === undefined ? null : await findToken(ctx.db, input.token);
  const organisationId = token?.organisationId ?? (await organisationOf(ctx, csr)) ?? (await onlyOrganisation(ctx));
  const request = { input, csr, organisationId, token };
  return await ctx.db.transaction(async (tx) => {
    // Two requests of one new device at the same time go one after the other: the second one finds the first one's row.
    await tx.$executeRawUnsafe("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", `enrol ${csr.keySha256}`);
    return await enrol(ctx, tx, request);
  });
}

async function enrol(ctx: DevicePlaneContext, tx: Tx, request: Request): Promise<EnrolResponse> {
  const { csr, organisationId, token, input } = request;
  const known = await tx.device.findUnique({ where: { organisationId_keySha256: { organisationId, keySha256: csr.keySha256 } } });
  if (known?.state === "REVOKED") {
    throw new FlotillaError(
      "DEVICE_REVOKED",
      `The device "${known.name}" was revoked. Delete its data directory to enrol it as a new device.`,
    );
  }
  if (known?.state === "ACTIVE") {
    if (known.enrolledAt === null) await activate(ctx, tx, known.id, request);
    return await issueCertificate(ctx, tx, known.id, input.csrPem);
  }
  if (token === null) {
    if (known === null) await createPending(ctx, tx, request);
    return { status: "pending", fingerprint: csr.fingerprint, retryAfterSeconds: PENDING_RETRY_SECONDS };
  }
  await claimToken(tx, token.id, ctx.clock());
  const deviceId = known?.id ?? (await createDevice(tx, request, "ACTIVE"));
  await activate(ctx, tx, deviceId, request);
  await joinGroup(tx, token, deviceId);
  return await issueCertificate(ctx, tx, deviceId, input.csrPem);
}

async function createPending(ctx: DevicePlaneContext, tx: Tx, request: Request): Promise<void> {
  const { organisationId } = request;
  const waiting = await tx.device.count({ where: { organisationId, state: "PENDING" } });
  if (waiting >= MAX_PENDING) {
    throw new FlotillaError(
      "RATE_LIMITED",
      `${waiting} devices wait to be accepted already. Accept or reject some, or enrol with a token.`,
      {
        details: { retryAfterSeconds: 300 },
      },
    );
  }
  const id = await createDevice(tx, request, "PENDING");
  ctx.logger.info({ deviceId: id, fingerprint: request.csr.fingerprint }, "a device waits to be accepted");
  await notifyLive(tx, { organisationId, topic: "device", id });
}

async function createDevice(tx: Tx, { input, csr, organisationId, token }: Request, state: "PENDING" | "ACTIVE"): Promise<string> {
  const device = await tx.device.create({
    data: {
      organisationId,
      name: cleanName(input.name, csr.fingerprint),
      state,
      keySha256: csr.keySha256,
      fingerprint: csr.fingerprint,
      csrPem: input.csrPem,
      profile: input.profile,
      profileName: input.profile.name,
      // What the token's maker said counts more than what the device says of itself.
      tags: { ...input.tags, ...token?.tags },
    },
  });
  await tx.deviceStatus.create({ data: { deviceId: device.id, organisationId } });
  return device.id;
}

async function activate(ctx: DevicePlaneContext, tx: Tx, deviceId: string, { organisationId, token, input }: Request): Promise<void> {
  const now = ctx.clock();
  const profile = { profile: input.profile, profileName: input.profile.name };
  await tx.device.update({
    where: { id: deviceId },
    data: { state: "ACTIVE", enrolledAt: now, ...profile, ...(token === null ? {} : { enrolmentTokenId: token.id }) },
  });
  await tx.deviceEvent.create({ data: { organisationId, deviceId, at: now, kind: "enrolled" } });
  await notifyLive(tx, { organisationId, topic: "device", id: deviceId });
}

async function joinGroup(tx: Tx, token: TokenRow, deviceId: string): Promise<void> {
  if (token.groupId === null) return;
  const group = await tx.group.findUnique({ where: { id: token.groupId } });
  // A dynamic group is a filter: nobody can be put into it.
  if (group === null || group.kind !== "static") return;
  const member = { groupId: group.id, deviceId, organisationId: token.organisationId };
  await tx.groupMember.upsert({ where: { groupId_deviceId: { groupId: group.id, deviceId } }, create: member, update: {} });
  await notifyLive(tx, { organisationId: token.organisationId, topic: "group", id: group.id });
}

/** A key that was let in says whose the device is, in a server of several organisations too: its owner has just proved that it holds it. */
async function organisationOf(ctx: DevicePlaneContext, { keySha256 }: CheckedCsr): Promise<string | null> {
  const known = await ctx.db.prisma.device.findFirst({
    where: { keySha256, state: { not: "PENDING" } },
    orderBy: { enrolledAt: "desc" },
    select: { organisationId: true },
  });
  return known?.organisationId ?? null;
}

/** Without a token nothing says whose the device is; that is clear only where there is one organisation. */
async function onlyOrganisation(ctx: DevicePlaneContext): Promise<string> {
  const [first, second] = await ctx.db.prisma.organization.findMany({ take: 2, select: { id: true } });
  if (first === undefined) throw new FlotillaError("TOKEN_INVALID", "This server is not set up yet: it has no organisation.");
  if (second === undefined) return first.id;
  throw new FlotillaError("TOKEN_INVALID", "This server has more than one organisation: enrol with a token, which belongs to one.");
}
