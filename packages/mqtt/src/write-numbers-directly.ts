import { writeToStream } from "mqtt-packet";

/**
 * Before its first packet MQTT.js's writer makes a buffer for each of the 65,536 numbers of two bytes, and keeps them: a fifth of an agent's
 * memory, so that a packet that it writes every few seconds needs no new one.
 */
export function writeNumbersDirectly(): void {
  writeToStream.cacheNumbers = false;
}
