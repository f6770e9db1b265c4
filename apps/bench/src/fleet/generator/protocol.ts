import type { TrustedKey } from "@flotilla/contracts";
import type { Counts } from "./device.ts";

/** What a generator process can be asked for, over the channel of `fork`. */
export interface Commands {
  /** Makes the devices: those of the identities' file from `from` on. */
  open: (setup: Setup) => void;
  /** Opens every device's MQTT session; with `resume`, by its last TLS session. */
  connect: (options: ConnectOptions) => Connected;
  /** Drops every MQTT session without a word. */
  drop: () => void;
  /** Every device asks for its assignment once and keeps the connection. */
  ask: (options: { at: number }) => Record<number, number>;
  /** Which phases are reported from now on; null: all. */
  setReported: (phases: string[] | null) => void;
  /** Devices ask every so many seconds, each from a random moment of the first on; 0 stops it. */
  poll: (options: { everySeconds: number; useHints: boolean }) => void;
  counts: () => Counts & { cpuS: number; rssBytes: number };
  /** `connections` devices ask again and again for `seconds`: answers a second of each, ms of each answer. */
  askFlatOut: (options: { connections: number; seconds: number }) => FlatOut;
  /** `connections` devices fetch the file again and again. */
  fetchFlatOut: (options: { connections: number; seconds: number; sha256: string; cold: boolean }) => Fetched;
  /** State reports, `perSecond` in all, evenly over the devices. */
  report: (options: { perSecond: number; seconds: number; probes: number }) => Reported;
}

export interface Setup {
  readonly identitiesFile: string;
  readonly from: number;
  readonly count: number;
  readonly caPem: string;
  readonly gatewayPort: number;
  readonly brokerPort: number;
  readonly trustedKeys: readonly TrustedKey[];
  /** false: MQTT without TLS. */
  readonly mqttTls: boolean;
}

export interface ConnectOptions {
  /** When all begin, ms since 1970. */
  readonly at: number;
  readonly resume: boolean;
  /** Whether a retained birth is published. */
  readonly birth: boolean;
  /** Whether a device is there only once its retained hint has come. */
  readonly expectHint: boolean;
}

export interface Connected {
  /** Ms from `at` until each device was connected, subscribed and had its retained hint, where it has one. */
  readonly ms: readonly number[];
  readonly resumed: number;
  readonly failed: number;
}

export interface FlatOut {
  readonly answers: number;
  readonly seconds: number;
  readonly ms: readonly number[];
  readonly byStatus: Record<number, number>;
}

export interface Fetched {
  readonly bytes: number;
  readonly seconds: number;
  readonly wrongDigests: number;
  readonly ms: readonly number[];
}

export interface Reported {
  readonly sent: number;
  /** Given and not acknowledged when the last one was given. */
  readonly withDevicesAtEnd: number;
  readonly acknowledged: number;
  readonly seconds: number;
  /** Of a few devices: when each numbered report was handed to the socket, ms since 1970. */
  readonly probes: Record<string, { n: number; at: number }[]>;
  /** The last number of each device. */
  readonly lastN: Record<string, number>;
  readonly firstN: Record<string, number>;
}

export type CommandName = keyof Commands;
export type ArgumentOf<N extends CommandName> = Parameters<Commands[N]> extends [infer A] ? A : undefined;
export type AnswerOf<N extends CommandName> = ReturnType<Commands[N]>;

export interface Question {
  readonly id: number;
  readonly name: CommandName;
  readonly argument: unknown;
}
export type Reply = { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly problem: string };
