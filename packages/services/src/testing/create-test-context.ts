import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFileBlobStore } from "@flotilla/blob";
import type { Role } from "@flotilla/contracts";
import { createTestDatabase } from "@flotilla/db/testing";
import { createQueue } from "@flotilla/jobs";
import { createLogger } from "@flotilla/logger";
import type { Actor, ServiceContext } from "../context.ts";

export interface TestContext {
  ctx: ServiceContext;
  url: string;
  /** Scratch space, removed at the end. */
  directory: string;
  /** Sets the context's clock; without a call it shows the real time. */
  setNow(now: Date): void;
  /** A new organisation with one member of each role. */
  addOrganisation(name?: string): Promise<TestOrganisation>;
  /** Jobs of a kind that wait in the queue, as payloads. */
  queued(name: string): Promise<{ organisationId: string; uploadId?: string; jobId?: string; releaseId?: string }[]>;
  close(): Promise<void>;
}

export interface TestOrganisation {
  organisationId: string;
  actor: Record<Role, Actor>;
}

/** A service context on a database, a blob store and a queue of its own: all real. */
export async function createTestContext(): Promise<TestContext> {
  const [database, directory] = await Promise.all([createTestDatabase(), mkdtemp(join(tmpdir(), "flotilla-services-"))]);
  const { db, url } = database;
  const queue = createQueue({ url });
  await queue.start();
  let fixed: Date | undefined;
  const ctx: ServiceContext = {
    db,
    blob: createFileBlobStore({ directory: join(directory, "blobs") }),
    queue,
    clock: () => fixed ?? new Date(),
    logger: createLogger("test", "silent"),
  };
  return {
    ctx,
    url,
    directory,
    setNow: (now) => {
      fixed = now;
    },
    addOrganisation: (name = "Test fleet") => addOrganisation(ctx, name),
    async queued(name) {
      const jobs = await db.query<{ data: { organisationId: string } }>(
        "SELECT data FROM pgboss.job WHERE name = $1 AND state = 'created' ORDER BY created_on",
        [name],
      );
      return jobs.map((job) => job.data);
    },
    async close() {
      await queue.stop();
      await database.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function addOrganisation(ctx: ServiceContext, name: string): Promise<TestOrganisation> {
  const organisationId = randomUUID();
  await ctx.db.prisma.organization.create({ data: { id: organisationId, name, slug: organisationId } });
  const add = async (role: Role): Promise<Actor> => {
    const userId = randomUUID();
    const user = { id: userId, name: `${role} of ${name}`, email: `${role}-${userId}@example.com` };
    await ctx.db.prisma.user.create({ data: user });
    await ctx.db.prisma.member.create({ data: { id: randomUUID(), organizationId: organisationId, userId, role } });
    return { userId, name: user.name, organisationId, role };
  };
  const [viewer, operator, engineer, owner] = await Promise.all([add("viewer"), add("operator"), add("engineer"), add("owner")]);
  return { organisationId, actor: { viewer, operator, engineer, owner } };
}
