import { expect, test } from "vitest";
import { enrolCommand, isLoopback, seenFrom } from "./enrol-command.ts";

const address = { webUrl: "http://localhost:8080", gatewayUrl: "https://localhost:8443", caFingerprint: "ab" };

test("the command fetches the agent and its runtime, and pins the CA before it sends the token", () => {
  expect(enrolCommand(address, "secret")).toBe(
    "curl -fsSO http://localhost:8080/agent.js && npm install --ignore-scripts --no-save onnxruntime-node@1.30.0 && " +
      "AGENT_TOKEN=secret node agent.js --server https://localhost:8443 --ca-fingerprint ab --data ./flotilla-device",
  );
});

test.each([
  ["localhost", true],
  ["fleet.localhost", true],
  ["127.0.0.1", true],
  ["127.9.9.9", true],
  ["[::1]", true],
  ["192.168.1.20", false],
  ["127.example.org", false],
  ["fleet.example.org", false],
])("%s is this machine's own: %s", (hostname, own) => {
  expect(isLoopback(hostname)).toBe(own);
});

test.each([
  ["http://localhost:8080", "http://localhost:8080", "https://localhost:8443"],
  ["http://192.168.1.20:8080", "http://192.168.1.20:8080", "https://192.168.1.20:8443"],
  ["http://[fd00::2]:8080", "http://[fd00::2]:8080", "https://[fd00::2]:8443"],
])("seen from %s, the dashboard is %s and the gateway %s", (origin, webUrl, gatewayUrl) => {
  expect(seenFrom(address, origin)).toEqual({ webUrl, gatewayUrl, caFingerprint: "ab" });
});

test("a gateway with a name of its own keeps it", () => {
  const public_ = { ...address, gatewayUrl: "https://devices.example.org" };
  expect(seenFrom(public_, "https://fleet.example.org").gatewayUrl).toBe("https://devices.example.org");
});
