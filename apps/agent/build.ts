import { pathToFileURL } from "node:url";
import { nodeProgram } from "@flotilla/config-esbuild";
import { build } from "esbuild";

/** Bundles the agent to one file. onnxruntime-node stays outside: it is native code for one platform, resolved from beside the file. */
export async function buildAgent(outfile: string): Promise<void> {
  await build({
    ...nodeProgram,
    entryPoints: [new URL("src/cli.ts", import.meta.url).pathname],
    outfile,
    external: ["onnxruntime-node"],
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await buildAgent(new URL("dist/agent.js", import.meta.url).pathname);
