export { addDataSet, addModelVersion, type AddedVersion, addVariant, sha256Of, testCard } from "./add-rows.ts";
export { addDevice, addFleet, addReadyRelease, addStaticGroup, type DeviceOptions, type ReadyRelease, stateReport } from "./add-fleet.ts";
export { createTestContext, type TestContext, type TestOrganisation } from "./create-test-context.ts";
export { canaryThenAll, goodProbe, RolloutWorld, testGates } from "./rollout-world.ts";
