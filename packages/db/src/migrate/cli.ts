import { migrate } from "./index.ts";

/** `node packages/db/src/migrate/cli.ts [postgresql://…]`: brings a database up to date. The URL may also come as DATABASE_URL. */
const url = process.argv[2] ?? process.env["DATABASE_URL"];
if (url === undefined || url === "") {
  console.error("Give the database: node packages/db/src/migrate/cli.ts postgresql://user:password@host:5432/flotilla");
  process.exit(2);
}
const applied = await migrate(url);
console.log(applied.length === 0 ? "The database is up to date." : `Applied ${applied.join(", ")}.`);
