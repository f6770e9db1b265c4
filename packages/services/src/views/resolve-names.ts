import type { Db } from "@flotilla/db";

/** The names of people by their ids. What is no person's id (a name itself, "controller") stands for itself. */
export async function resolveNames(db: Db, ids: Iterable<string>): Promise<(id: string) => string> {
  const wanted = [...new Set(ids)];
  const users =
    wanted.length === 0 ? [] : await db.prisma.user.findMany({ where: { id: { in: wanted } }, select: { id: true, name: true } });
  const names = new Map(users.map((user) => [user.id, user.name]));
  return (id) => names.get(id) ?? id;
}
