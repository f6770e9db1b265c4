import { type DestinationStream, type Logger as PinoLogger, pino } from "pino";

export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

export type Logger = PinoLogger;

/** Field names whose values never reach a log, at the top, one and two levels down. */
const SECRET_FIELDS = [
  "password",
  "token",
  "setupToken",
  "secret",
  "authSecret",
  "authorization",
  "cookie",
  "privateKey",
  "privateKeyPem",
  "keyPem",
  "csrPem",
  "accessKeyId",
  "secretAccessKey",
  "sessionToken",
];

/** A connection string with a password in it, wherever it stands in a text. */
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s@/]+@/gi;

/** Replaces the password of every URL in `text` by `***`. */
export function hideUrlPasswords(text: string): string {
  return text.replace(URL_PASSWORD, "$1***@");
}

/**
 * A structured logger: one JSON object a line on stdout, `name` in every line, secrets redacted.
 *
 * @param destination where lines go instead of stdout: for tests and for a parent that relays its children.
 */
export function createLogger(name: string, level: LogLevel = "info", destination?: DestinationStream): Logger {
  const paths = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  const options = {
    name,
    level,
    redact: { paths, censor: "***" },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: { streamWrite: hideUrlPasswords },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** Stdout, and whatever else wants to hear each line: redacted as it is written. */
export function stdoutAnd(listener: (line: string) => void): DestinationStream {
  const stdout = pino.destination({ fd: 1, sync: true });
  return {
    write: (line) => {
      stdout.write(line);
      listener(line);
    },
  };
}
