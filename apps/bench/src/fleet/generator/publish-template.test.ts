import { parser, type Packet } from "mqtt-packet";
import { expect, it } from "vitest";
import { PublishTemplate } from "./publish-template.ts";

it.each([0, 90, 200, 20_000, 3_000_000])("encodes what the MQTT library reads: %i bytes and a letter of two", (size) => {
  const read = parser({ protocolVersion: 4 });
  const packets: Packet[] = [];
  read.on("packet", (packet) => packets.push(packet));
  const payload = "x".repeat(size) + "é";
  expect(read.parse(new PublishTemplate("d/1/up/state").encode(65_535, payload))).toBe(0);
  expect(packets).toMatchObject([{ cmd: "publish", topic: "d/1/up/state", qos: 1, retain: false, dup: false, messageId: 65_535 }]);
  expect((packets[0] as { payload?: Buffer }).payload?.toString()).toBe(payload);
});
