import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { topicFor } from "@flotilla/contracts";
import { Aedes } from "aedes";
import { createPersistence } from "../../../standalone/src/broker/create-persistence.ts";
import { TopicRouter } from "../../../standalone/src/broker/topic-router.ts";

// A broker without TLS and without our checks of identity, for the comparison with aedes as it is shipped: `stock` or `indexed`, and the devices' ids as JSON on stdin.
// Every device has a retained hint. Prints its port.
const [, , kind = "stock"] = process.argv;
let text = "";
for await (const chunk of process.stdin) text += String(chunk);
const ids = JSON.parse(text) as string[];
const aedes = await Aedes.createBroker(kind === "stock" ? {} : { persistence: createPersistence(null), mq: new TopicRouter() });
for (const [index, id] of ids.entries()) {
  const packet = {
    cmd: "publish",
    topic: topicFor("hint", id),
    qos: 1,
    retain: true,
    dup: false,
    payload: JSON.stringify({ seq: 1, spreadSeconds: 0 }),
  } as const;
  await new Promise<void>((resolve, reject) => aedes.publish(packet, (error) => (error ? reject(error) : resolve())));
  if (index % 500 === 0) await turn();
}
const server = createServer((socket) => aedes.handle(socket));
server.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, () => console.log((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit(0));
