import { writeToStream } from "mqtt-packet";

/**
 * Before its first packet the writer that MQTT.js and the broker share makes a buffer for each of the 65,536 numbers of two bytes, and keeps them: 10 MB, so that a
 * packet that an agent writes every few seconds needs no new one.
 */
export function writeNumbersDirectly(): void {
  writeToStream.cacheNumbers = false;
}
