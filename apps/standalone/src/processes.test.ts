import { expect, test } from "vitest";
import { layOut } from "./data-directory.ts";
import { deviceProcess } from "./processes.ts";

test("a demo device's enrolment token is not among its arguments, which every user of the machine can read", () => {
  const settings = {
    root: "/flotilla",
    directory: layOut("/data"),
    ports: { web: 1, gateway: 2, broker: 3, postgres: 4 },
    host: "127.0.0.1",
    databaseUrl: "postgres://localhost/flotilla",
    authSecret: "secret",
    webUrl: "http://localhost:1",
    gatewayUrl: "https://localhost:2",
  };
  const spec = deviceProcess(settings, { name: "demo-1", token: "a-token", caFingerprint: "00", images: "/images" });
  expect(spec.args.join(" ")).not.toContain("a-token");
  expect(spec.env).toEqual({ AGENT_TOKEN: "a-token" });
});
