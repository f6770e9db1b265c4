export { createDb, type Db, type DbOptions, type TransactionOptions, type Tx } from "./client/create-db.ts";
export { type DatabaseClock, followDatabaseClock } from "./client/database-clock.ts";
export type { RawTx } from "./client/raw-transaction.ts";
export { isDataError, isMissingRow, isUniqueViolation } from "./client/database-errors.ts";
export { Leadership, type LeadershipOptions } from "./leadership/leadership.ts";
export { listenLive, type ListenOptions } from "./live/listen-live.ts";
export { type Notifier, notifyLive, notifyLiveAll } from "./live/notify-live.ts";
export { Prisma } from "./generated/client.ts";
export type * from "./generated/client.ts";
