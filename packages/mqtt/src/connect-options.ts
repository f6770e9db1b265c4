import { TOPICS, topicFor } from "@flotilla/contracts";
import type { IClientOptions } from "mqtt";
import type { MqttClientOptions } from "./types.ts";

const KEEPALIVE_SECONDS = 60;
const DEFAULT_PORT = 8883;
const CONNECT_TIMEOUT_MS = 20_000;

/**
 * MQTT.js as this project uses it: reconnecting is ours (its own has no jitter), QoS 0 is never queued (its queue has no bound), and
 * the keep-alive is 60 s ± 20 % so that a fleet does not ping in step.
 */
export function connectOptions(options: MqttClientOptions): IClientOptions {
  const { ca, cert, key, clientId, random, will } = options;
  const { hostname, port } = new URL(options.url);
  return {
    // In parts: the library would parse a URL with the deprecated `url.parse`.
    protocol: "mqtts",
    host: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port === "" ? DEFAULT_PORT : port),
    ca,
    cert,
    key,
    clientId,
    rejectUnauthorized: true,
    protocolVersion: 4,
    clean: options.keepSession !== true,
    reconnectPeriod: 0,
    queueQoSZero: false,
    resubscribe: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepalive: Math.round(KEEPALIVE_SECONDS * (0.8 + 0.4 * random())),
    ...(will === undefined
      ? {}
      : {
          will: {
            topic: topicFor(will.topic, clientId),
            payload: Buffer.from(JSON.stringify(will.payload)),
            qos: TOPICS[will.topic].qos,
            retain: TOPICS[will.topic].retain,
          },
        }),
  };
}
