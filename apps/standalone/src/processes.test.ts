import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { layOut } from "./data-directory.ts";
import { deviceProcess, serverProcesses, type StackSettings, untilSays } from "./processes.ts";

const settings: StackSettings = {
  root: "/flotilla",
  directory: layOut("/data"),
  ports: { web: 1, gateway: 2, broker: 3, postgres: 4 },
  host: "127.0.0.1",
  databaseUrl: "postgres://localhost/flotilla",
  authSecret: "the-auth-secret",
  webUrl: "http://localhost:1",
  gatewayUrl: "https://localhost:2",
};

test("a demo device's enrolment token is not among its arguments, which every user of the machine can read", () => {
  const spec = deviceProcess(settings, { name: "demo-1", token: "a-token", caFingerprint: "00", images: "/images" });
  expect(spec.args.join(" ")).not.toContain("a-token");
  expect(spec.env).toEqual({ AGENT_TOKEN: "a-token" });
});

test.each([
  ["the secrets directory", "/data/secrets", ["broker", "gateway", "worker"]],
  ["the key of sessions", "the-auth-secret", ["web"]],
  ["the database", "postgres://localhost/flotilla", ["gateway", "worker", "web"]],
])("%s is told to those processes alone that use it", (_, secret, names) => {
  const told = serverProcesses(settings).filter(({ env = {} }) => Object.values(env).includes(secret));
  expect(told.map(({ name }) => name)).toEqual(names);
});

test("the dashboard gets the CA's certificate and no other file of the secrets directory", () => {
  const web = serverProcesses(settings).find(({ name }) => name === "web");
  expect(Object.values(web?.env ?? {}).filter((value) => value.startsWith("/data/secrets"))).toEqual(["/data/secrets/ca.pem"]);
});

const run = (program: string) => spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "ignore"] });

test("a process is ready when it says so, and not before", async () => {
  const child = run("setTimeout(() => console.log('it listens'), 300); setTimeout(() => undefined, 10_000)");
  const began = performance.now();
  await untilSays(child, "it listens");
  expect(performance.now() - began).toBeGreaterThan(250);
  child.kill();
});

test("nobody waits for the word of a process that has died", async () => {
  await untilSays(run("process.exit(1)"), "it listens");
});
