// Plain JavaScript: loading TypeScript would cost each of them 20 MB. Preloaded into every process of the stack: when the supervisor is gone, even by kill -9, its children stop too.
if (process.channel !== undefined) {
  process.channel?.unref();
  process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
}
