import { expireUploads, type ServiceContext } from "@flotilla/services";

const EVERY_MS = 5 * 60_000;

/** Gives up uploads that never end and cleans their directory: now, and every few minutes while the process lives. */
export function startSweeping(services: ServiceContext, directory: string): void {
  const sweep = async (): Promise<void> => {
    try {
      const result = await expireUploads(services, { directory });
      if (result.expired + result.removedFiles > 0) services.logger.info(result, "unfinished uploads were given up");
    } catch (error) {
      services.logger.error({ err: error }, "the upload directory could not be swept");
    }
  };
  void sweep();
  setInterval(() => void sweep(), EVERY_MS).unref();
}
