import base from "./playwright.config.ts";
const { globalSetup: _a, globalTeardown: _b, ...rest } = base;
export default { ...rest, outputDir: "/tmp/w2-results", reporter: "line" };
