import { expireUploads, type ServiceContext } from "@flotilla/services";

const EVERY_MS = 5 * 60_000;

/** Gives up uploads that never end and cleans their directory: now, and every few minutes while the process lives. */
export function startSweeping(services: ServiceContext, directory: string): void {
  const sweep = (): void => {
    expireUploads(services, { directory }).then(
      (result) => {
        if (result.expired + result.removedFiles > 0) services.logger.info(result, "unfinished uploads were given up");
      },
      (error: unknown) => services.logger.error({ err: error }, "the upload directory could not be swept"),
    );
  };
  sweep();
  setInterval(sweep, EVERY_MS).unref();
}
