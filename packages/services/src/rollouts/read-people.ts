import type { RolloutView } from "@flotilla/contracts/views";
import { beginActions, can as mayDo, mayAnswer } from "@flotilla/domain";
import type { Actor, ServiceContext } from "../context.ts";
import { resolveNames } from "../views/resolve-names.ts";
import { queryWith, readWhoStays } from "./note-who-stays.ts";
import { readBeginning, readPlanSha256 } from "./read-beginning.ts";

type Can = RolloutView["can"];
type BeginningCan = Pick<Can, "start" | "schedule" | "answer" | "toDraft">;

export interface PeoplePart {
  view: Pick<RolloutView, "beginning" | "invalidated" | "staying">;
  can: BeginningCan;
}

/** What a rollout's page shows of people: who asked, who answered, whether its release was marked as bad, and what may be done before the start. */
export async function readPeople(ctx: ServiceContext, actor: Actor, id: string): Promise<PeoplePart> {
  const row = await readBeginning(ctx.db.prisma, id, actor.organisationId, false);
  const [planSha256, approvals, release, staying] = await Promise.all([
    readPlanSha256(ctx.db.prisma, id),
    ctx.db.prisma.rolloutApproval.findMany({ where: { rolloutId: id }, orderBy: [{ at: "desc" }, { id: "desc" }], take: 50 }),
    ctx.db.prisma.release.findUniqueOrThrow({ where: { id: row.releaseId } }),
    readWhoStays(queryWith(ctx.db), id),
  ]);
  const { requestedBy, invalidatedBy } = { requestedBy: row.requestedBy ?? "", invalidatedBy: release.invalidatedBy ?? "" };
  const nameOf = await resolveNames(ctx.db, [requestedBy, invalidatedBy]);
  const isBad = release.state === "INVALIDATED" && release.invalidatedAt !== null;
  const offered = beginActions(row);
  const firstPerson = !mayAnswer(row, actor.userId);
  return {
    view: {
      beginning: {
        startAt: row.startAt,
        timeZone: row.timeZone,
        requestedAt: row.requestedAt,
        requestedBy: row.requestedBy === null ? null : nameOf(row.requestedBy),
        needsApproval: row.secondPerson && !row.approved,
        planSha256,
        approvals: approvals.map(({ id: approvalId, at, userName, verdict, reason, planSha256: answered }) => ({
          id: approvalId,
          at,
          person: userName,
          verdict: verdict === "approved" ? "approved" : "rejected",
          reason,
          current: answered === planSha256,
        })),
        firstPerson,
      },
      invalidated:
        isBad && release.invalidatedAt !== null
          ? { at: release.invalidatedAt, by: nameOf(invalidatedBy), reason: release.invalidReason ?? "" }
          : null,
      staying,
    },
    can: {
      start: offered.start && !isBad,
      schedule: offered.schedule && !isBad,
      answer: offered.answer && !firstPerson && mayDo(actor.role, "rollout:approve"),
      toDraft: offered.toDraft,
    },
  };
}

/** Nothing that would let a device take a release that was marked as bad. */
export function limitActions<T extends Pick<Can, "resume" | "promote" | "retry">>(can: T, invalidated: RolloutView["invalidated"]): T {
  return invalidated === null ? can : { ...can, resume: false, promote: false, retry: false };
}
