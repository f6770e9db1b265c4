import type { JobState, SearchFindings, SearchGoal, ValidationGate } from "@flotilla/contracts";
import { TARGET_PROFILES } from "@flotilla/contracts/profiles";
import type { SearchView } from "@flotilla/contracts/views";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";

/** A search as it stands: what it looks for and what it found. Throws NOT_FOUND. */
export async function getSearch(ctx: ServiceContext, actor: Actor, input: { id: string }): Promise<SearchView> {
  const search = await ctx.db.prisma.search.findFirst({
    where: { jobId: input.id, organisationId: actor.organisationId },
    include: { job: { select: { state: true, variantId: true, calibrationDataSetId: true, testDataSetId: true, gates: true } } },
  });
  if (search === null) throw notFound("search");
  const goal = search.goal as SearchGoal;
  const findings = search.findings as SearchFindings | null;
  return {
    jobId: search.jobId,
    state: search.job.state as JobState,
    goal,
    measuredOnTarget: findings !== null && isOfKind(findings.machine, goal.targetProfile),
    findings,
    stopRequested: search.stopRequestedAt !== null,
    variantId: search.job.variantId,
    calibrationDataSetId: search.job.calibrationDataSetId,
    steeringDataSetId: search.steeringDataSetId,
    testDataSetId: search.job.testDataSetId,
    gates: search.job.gates as ValidationGate[],
  };
}

/** The machine's name carries its flags: "AMD EPYC (avx512_vnni, avx2)". */
function isOfKind(machine: string, profileId: string): boolean {
  const profile = TARGET_PROFILES.find(({ id }) => id === profileId);
  if (profile === undefined || profile.arch === "other") return false;
  const has = (flag: string): boolean => machine.includes(flag);
  const isArm = has("asimd") || has("arm64");
  if ((profile.arch === "arm64") !== isArm) return false;
  const hasAny = profile.requiresOneOf.some(has);
  // A machine with more than the profile asks for is another kind: with VNNI nothing saturates.
  const better = TARGET_PROFILES.filter(({ arch, id }) => arch === profile.arch && id !== profile.id).some(({ requiresOneOf }) =>
    requiresOneOf.some(has),
  );
  return profile.requiresOneOf.length === 0 ? !better : hasAny;
}
