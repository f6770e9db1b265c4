import type { NetworkInterfaceInfo } from "node:os";
import { expect, it } from "vitest";
import { shownHost } from "./shown-host.ts";

const v4 = (address: string, internal: boolean): NetworkInterfaceInfo => ({
  ...{ address, internal, family: "IPv4", netmask: "", mac: "", cidr: null },
});
const lan = { lo: [v4("127.0.0.1", true)], eth0: [v4("192.168.1.20", false)] };

it.each([
  ["127.0.0.1", "localhost"],
  ["0.0.0.0", "192.168.1.20"],
  ["fleet.example.org", "fleet.example.org"],
])("answering on %s, it is shown as %s", (host, shown) => {
  expect(shownHost(host, lan)).toBe(shown);
});

it("is localhost where there is no other address", () => {
  expect(shownHost("0.0.0.0", { lo: [v4("127.0.0.1", true)] })).toBe("localhost");
});
