/**
 * What the peers gave, measured once on 2026-11-24 on a machine of this kind (AMD EPYC, two processors, 24 GB, Debian 12): server, database and load driver on the same
 * two processors over loopback, single runs. hawkBit is 1.1.0 from its tag with neighbouring library versions (Spring Boot 4.1.2, EclipseLink 5.0.0), so not the official jar, on
 * PostgreSQL 15 and without TLS; goosebit 0.2.12 with SQLite, without TLS; mender-client 3.4.0.
 */
export const HAWKBIT = {
  exerciseS: 59.5,
  exercisePollingS: 126.5,
  /** Calculated from its first stage, not run to the end. */
  tenStagesS: 780,
  creation10kS: 30.7,
  startSlowdown: 9.2,
  feedbacksPerSecond: 166,
  pollsPerSecond: 401,
  pageMs: 33,
  filterMs: 48,
  artifactMBps: 108,
  artifactCpuSPerGB: 13.1,
  serverMB: 799,
} as const;
export const GOOSEBIT = { exerciseS: 78.5 } as const;
export const MENDER_CLIENT = { idleMB: 37.4, readyMs: 710 } as const;
/** aedes 1.2.0 as shipped, 3,000 devices with a retained message each, plain TCP, recorded on a machine of the same kind; it also runs in the same run. */
export const AEDES = { reconnectsPerSecond: 281 } as const;

export const PEER_CAVEATS = `The peers' figures were recorded once (2026-11-24) on a machine of the same kind and are single runs: hawkBit 1.1.0 built from its tag with neighbouring library versions (Spring
Boot 4.1.2 for 4.1.0, EclipseLink 5.0.0 for 5.0.1), \`-Xmx2g\`, on PostgreSQL 15 with shared_buffers=512MB; goosebit 0.2.12 on SQLite; both without TLS, over loopback, the load
driver on the same two processors. Ours runs as \`npm start\` runs it, all device traffic over mutual TLS unless a row says otherwise.`;
