import type { Aedes, Client, PublishPacket } from "aedes";
import type { GatewaySession } from "./gateway-session.ts";

/** As it is at run time (the published types lack the client). */
type Publish = (packet: PublishPacket, client: Client | null, done?: (error?: Error) => void) => void;

/**
 * A report goes from its device's connection into the gateway's outbox. The broker's own way there is made for any number of subscribers: three copies of the packet, four
 * promises and a turn of the event loop, and at its end the gateway's outbox says that it has the report already.
 */
export function sendReportsDirectly(broker: Aedes, session: GatewaySession): void {
  const publish = broker.publish.bind(broker) as unknown as Publish;
  const direct: Publish = (packet, client, done) => {
    const isReport = packet.qos === 1 && !packet.retain && typeof client === "object" && client !== null;
    if (!isReport || !session.takes(packet.topic)) return publish(packet, client, done);
    session.outbox.enqueue(packet);
    done?.();
  };
  broker.publish = direct as unknown as Aedes["publish"];
}
