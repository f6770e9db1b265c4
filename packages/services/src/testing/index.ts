export { addDataSet, addModelVersion, type AddedVersion, addVariant, sha256Of, testCard } from "./add-rows.ts";
export { createTestContext, type TestContext, type TestOrganisation } from "./create-test-context.ts";
