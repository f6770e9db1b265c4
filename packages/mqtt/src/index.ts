export { createMqttClient } from "./create-mqtt-client.ts";
export { type Backoff, DEFAULT_BACKOFF, fullJitterMs } from "./full-jitter.ts";
export type { Handler, MqttClient, MqttClientOptions, MqttLog, MqttStats } from "./types.ts";
export { takeOverSession } from "./take-over-session.ts";
