export { createLogger, type Logger, type LogLevel, logLevels, stdoutAnd } from "./create-logger.ts";
