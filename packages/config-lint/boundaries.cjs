/** Who may import whom: the arrows of ARCHITECTURE.md, as errors. */
const only = (name, from, allowed) => ({
  name,
  severity: "error",
  comment: `${from} may import only: ${allowed.join(", ") || "nothing of the workspace"}`,
  from: { path: `^${from}/src`, pathNot: "\\.test\\.ts$" },
  to: { path: "^(apps|packages)/", pathNot: [`^${from}/`, ...allowed.map((target) => `^packages/${target}/`)] },
});

module.exports = {
  forbidden: [
    only("contracts-imports-nothing", "packages/contracts", []),
    only("domain", "packages/domain", ["contracts"]),
    only("onnx-stands-alone", "packages/onnx", []),
    only("logger", "packages/logger", []),
    only("blob", "packages/blob", ["contracts"]),
    only("db", "packages/db", ["contracts"]),
    only("trust", "packages/trust", ["contracts"]),
    only("mqtt", "packages/mqtt", ["contracts"]),
    only("jobs", "packages/jobs", ["contracts", "db"]),
    only("validate", "packages/validate", ["contracts", "onnx"]),
    only("services", "packages/services", ["contracts", "domain", "db", "blob", "jobs", "trust", "logger", "samples"]),
    only("api", "packages/api", ["contracts", "domain", "services"]),
    only("ui", "packages/ui", ["contracts"]),
    only("agent", "apps/agent", ["contracts", "domain", "trust", "mqtt", "validate", "logger"]),
    only("gateway", "apps/gateway", ["contracts", "domain", "services", "db", "blob", "trust", "mqtt", "jobs", "logger"]),
    only("worker", "apps/worker", ["contracts", "domain", "services", "db", "blob", "trust", "jobs", "logger", "onnx", "validate"]),
    {
      name: "no-cycles",
      severity: "error",
      comment: "A cycle has no direction.",
      from: { pathNot: "/generated/|/gen/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "agent-verifies-never-signs",
      severity: "error",
      comment: "The signing half of trust stays on the server.",
      from: { path: "^apps/agent/src", pathNot: "\\.test\\.ts$" },
      to: { path: "^packages/trust/src/(sign|ca)/" },
    },
    {
      name: "browser-code-stays-in-the-browser",
      severity: "error",
      comment: "Features run in the browser: contracts, domain's helpers, api types and ui only.",
      from: { path: "^apps/web/src/features" },
      to: { path: "^packages/(db|services|blob|jobs|trust|logger)/" },
    },
    {
      name: "one-owner-for-the-orm",
      severity: "error",
      comment: "packages/db is the only importer of Prisma and pg.",
      from: { path: "^(apps|packages)/", pathNot: "^packages/db/" },
      to: { path: "node_modules/(@prisma|pg)/" },
    },
    {
      name: "one-owner-for-the-queue",
      severity: "error",
      comment: "packages/jobs is the only place that knows the queue library.",
      from: { path: "^(apps|packages)/", pathNot: "^packages/jobs/" },
      to: { path: "node_modules/pg-boss/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|\\.next[^/]*|generated|gen|test-results)/" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "default"],
      extensions: [".ts", ".tsx", ".js", ".mjs", ".json"],
    },
  },
};
