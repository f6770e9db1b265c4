import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";

/** zod brings its messages in fifty languages, a third of the bundle; the agent speaks one. */
const oneLanguage: Plugin = {
  name: "one-language",
  setup: (bundler) => {
    bundler.onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: 'export { default as en } from "./en.js";' }));
  },
};

/** What MQTT.js can do and the agent never does, which goes over TLS in Node: web sockets, proxies, timers of a browser's worker. */
const UNUSED_TRANSPORTS = /^(ws|socks|worker-timers)$/;

const onlyTls: Plugin = {
  name: "only-tls",
  setup: (bundler) => {
    bundler.onResolve({ filter: UNUSED_TRANSPORTS }, ({ path }) => ({ path, namespace: "unused" }));
    bundler.onLoad({ filter: /./, namespace: "unused" }, () => ({ contents: "module.exports = {};", loader: "js" }));
  },
};

/** To import `node:http` as a module is to read each of its exports, one of which is the WebSocket of `fetch`'s library, which the agent never uses. */
const plainHttp: Plugin = {
  name: "plain-http",
  setup: (bundler) => {
    bundler.onResolve({ filter: /^(node:)?http$/ }, ({ path }) => ({ path, namespace: "plain-http" }));
    bundler.onLoad({ filter: /./, namespace: "plain-http" }, () => ({
      contents: 'module.exports = process.getBuiltinModule("node:http");',
    }));
  },
};

/**
 * Bundles the agent to one file. onnxruntime-node stays outside: it is native code for one platform, resolved from beside the file.
 * CommonJS parts of the bundle call `require`, which an ES module has to make for itself.
 */
export async function buildAgent(outfile: string): Promise<void> {
  await build({
    entryPoints: [new URL("src/cli.ts", import.meta.url).pathname],
    outfile,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    external: ["onnxruntime-node"],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    // readable-stream is Node's own streams for those who have another Node.
    alias: { "readable-stream": "node:stream" },
    plugins: [oneLanguage, onlyTls, plainHttp],
    banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
    logLevel: "warning",
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await buildAgent(new URL("dist/agent.js", import.meta.url).pathname);
