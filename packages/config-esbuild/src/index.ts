import type { BuildOptions, Plugin } from "esbuild";

/** zod brings its messages in fifty languages, a third of what it is; our programs speak one, and screens translate by code. */
const oneLanguage: Plugin = {
  name: "one-language",
  setup: (bundler) => {
    bundler.onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: 'export { default as en } from "./en.js";' }));
  },
};

/** What MQTT.js can do and we never do, who go over TLS in Node: web sockets, proxies, timers of a browser's worker. */
const UNUSED_TRANSPORTS = /^(ws|socks|worker-timers)$/;

const onlyTls: Plugin = {
  name: "only-tls",
  setup: (bundler) => {
    bundler.onResolve({ filter: UNUSED_TRANSPORTS }, ({ path }) => ({ path, namespace: "unused" }));
    bundler.onLoad({ filter: /./, namespace: "unused" }, () => ({ contents: "module.exports = {};", loader: "js" }));
  },
};

/** To import `node:http` as a module is to read each of its exports, one of which is the WebSocket of `fetch`'s library, which we never use. */
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
 * How our programs for Node are bundled: ES modules without what no program of ours uses. CommonJS parts of a bundle call `require`, which an ES module has to
 * make for itself.
 */
export const nodeProgram = {
  bundle: true,
  platform: "node",
  target: "node24",
  format: "esm",
  minifySyntax: true,
  // A comment with a dash in it would make two bytes of each letter of a program in memory.
  minifyWhitespace: true,
  legalComments: "none",
  // readable-stream is Node's own streams for those who have another Node.
  alias: { "readable-stream": "node:stream" },
  plugins: [oneLanguage, onlyTls, plainHttp],
  banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
  logLevel: "warning",
} as const satisfies BuildOptions;
