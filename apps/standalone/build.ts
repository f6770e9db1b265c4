import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { nodeProgram } from "@flotilla/config-esbuild";
import { build, type Plugin } from "esbuild";

const APPS = fileURLToPath(new URL("..", import.meta.url));

/** The server's processes: the file that each begins with, and the one that is made of it. */
const SERVERS = [
  { from: "standalone/src/broker/main.ts", to: "standalone/dist/broker.js" },
  { from: "gateway/src/main.ts", to: "gateway/dist/main.js" },
  { from: "worker/src/main.ts", to: "worker/dist/main.js" },
] as const;

/**
 * Our files find others beside them: migrations, samples, the worker's child. In a bundle each still has the address of its source, which lies in every
 * installation.
 */
const ownAddress = (folder: string): Plugin => ({
  name: "own-address",
  setup: (bundler) => {
    bundler.onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
      const address = JSON.stringify(path.relative(folder, file).replaceAll(path.sep, "/"));
      const text = await readFile(file, "utf8");
      return { contents: text.replaceAll("import.meta.url", `new URL(${address}, import.meta.url).href`), loader: "ts" };
    });
  },
});

/**
 * Makes one file of each server process, and a few that it loads when it first needs them. Node runs the sources as they are, but then keeps in memory what
 * strips their types, and each of a thousand modules: by that a gateway is 90 MB larger, and starts with four times the CPU.
 */
export async function buildServers(): Promise<void> {
  await Promise.all(SERVERS.map(buildServer));
}

async function buildServer({ from, to }: (typeof SERVERS)[number]): Promise<void> {
  const outdir = path.join(APPS, path.dirname(to));
  await rm(outdir, { recursive: true, force: true });
  await build({
    ...nodeProgram,
    entryPoints: { [path.basename(to, ".js")]: path.join(APPS, from) },
    outdir,
    chunkNames: "parts/[name]-[hash]",
    splitting: true,
    // Read only where somebody asks for it: NODE_OPTIONS=--enable-source-maps.
    sourcemap: "linked",
    sourcesContent: false,
    external: ["onnxruntime-node", "pg-native"],
    plugins: [...nodeProgram.plugins, ownAddress(outdir)],
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await buildServers();
