import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { nodeProgram } from "@flotilla/config-esbuild";
import { build, type Plugin } from "esbuild";

/** Of `z` as an object a bundler keeps every function; of a module it keeps those that are called: half of zod stays away, 3 MB in memory. */
const partsOfZod: Plugin = {
  name: "parts-of-zod",
  setup: (bundler) => {
    bundler.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      return { contents: text.replace('import { z } from "zod";', 'import * as z from "zod";'), loader: "ts" };
    });
  },
};

/** Bundles the agent to one file. onnxruntime-node stays outside: it is native code for one platform, resolved from beside the file. */
export async function buildAgent(outfile: string): Promise<void> {
  await build({
    ...nodeProgram,
    entryPoints: [new URL("src/cli.ts", import.meta.url).pathname],
    outfile,
    external: ["onnxruntime-node"],
    plugins: [...nodeProgram.plugins, partsOfZod],
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await buildAgent(new URL("dist/agent.js", import.meta.url).pathname);
