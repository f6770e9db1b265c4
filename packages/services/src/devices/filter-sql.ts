import type { Health } from "@flotilla/contracts/views";
import { BUSY_PHASES, FAILED_PHASES, WARM_C } from "@flotilla/domain";
import type { Comparison, Filter, FilterFieldName, FilterNode, FilterSubject } from "@flotilla/domain/filter";
import { HEALTH_RANKS, type Params } from "./device-sql.ts";
import { facetSql, jsonListSql, likeSql, numberSql, tagsLikeSql, textSql } from "./filter-columns.ts";

/** Whose devices, and when `lastSeen` and `added` are counted back from. */
export interface FilterScope {
  readonly organisationId: string;
  readonly now: Date;
  /** No row is of a revoked device: a condition then says nothing of them, and stays one that an index answers. */
  readonly withoutRevoked?: boolean;
}

/**
 * `matchesFilter` of domain as a condition over DEVICE_STATUS_SQL: the one way from a filter to rows, for groups, lists, counts and rollouts. Every text
 * and number of the filter is a parameter. A test holds the two together over random filters and devices.
 */
export function filterSql(filter: Filter, params: Params, scope: FilterScope): string {
  return filter.kind === "all" ? "true" : new FilterCompiler(params, scope).compile(filter, false);
}

/** Longer ago is earlier. */
const FLIPPED = { "<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=" } as const satisfies Record<Comparison, string>;

const ONLINE: readonly Health[] = ["failed", "warning", "busy", "healthy"];

/** What the health of a device in a phase can be: it has an index, which a phase, that reports change all the time, has not. */
function healthsIn(phase: string): Health[] {
  const isOneOf = (phases: readonly string[]) => phases.includes(phase);
  if (isOneOf(FAILED_PHASES)) return ["failed", "offline"];
  return [isOneOf(BUSY_PHASES) ? "busy" : "healthy", "warning", "offline"];
}

class FilterCompiler {
  readonly #params: Params;
  readonly #scope: FilterScope;

  constructor(params: Params, scope: FilterScope) {
    this.#params = params;
    this.#scope = scope;
  }

  /**
   * INVARIANT: a condition that is not negated may be NULL where it is false; a negated one is never NULL. So `not` is driven down to single conditions
   * (De Morgan), and those that are not negated stay as an index knows them.
   */
  compile(node: FilterNode, negated: boolean): string {
    switch (node.kind) {
      case "not":
        return this.compile(node.item, !negated);
      case "and":
      case "or": {
        const word = (node.kind === "and") === negated ? " OR " : " AND ";
        return `(${node.items.map((item) => this.compile(item, negated)).join(word)})`;
      }
      case "online":
        return this.#online(negated);
      default: {
        const sql = this.#condition(node);
        return negated ? `(${sql}) IS NOT TRUE` : `(${sql})`;
      }
    }
  }

  #condition(node: Exclude<FilterNode, { kind: "and" | "or" | "not" | "online" }>): string {
    switch (node.kind) {
      case "has-tag":
        return `d."tags" ? ${this.#params.add(node.key)}::text`;
      case "is":
        return this.#is(node.subject, node.values);
      case "like":
        return this.#like(node.subject, node.pattern);
      case "compare": {
        const { sql, scale } = numberSql(node.field);
        const condition = `${sql} ${node.operator} ${this.#params.add(node.value * scale)}::float8`;
        const isWarm = node.field === "temperatureC" && node.operator.startsWith(">") && node.value >= WARM_C;
        return isWarm ? `${condition} AND ${this.#ranks(["failed", "warning", "offline"])}` : condition;
      }
      default:
        return this.#age(node.field, node.operator, node.ms);
    }
  }

  #is(subject: FilterSubject, values: readonly string[]): string {
    const { add } = { add: (value: unknown) => this.#params.add(value) };
    if ("tag" in subject) {
      // An index on tags serves each `@>`, but no array of them.
      return values.map((value) => `d."tags" @> ${add(JSON.stringify({ [subject.tag]: value }))}::jsonb`).join(" OR ");
    }
    const { field } = subject;
    if (field === "health") return this.#health(values);
    if (field === "phase") return `s."phase" = ANY(${add(values)}::text[]) AND ${this.#ranks(values.flatMap(healthsIn))}`;
    if (field === "releaseId") return `s."runningReleaseId" = ANY(${add(values)}::uuid[])`;
    if (field === "model" || field === "release" || field === "modelId") {
      return this.#runs(field, (column) => `${column} = ANY(${add(values)}::${field === "modelId" ? "uuid" : "text"}[])`);
    }
    return facetSql(field, values, this.#params) ?? `${textSql(field)} = ANY(${add(values)}::text[])`;
  }

  #like(subject: FilterSubject, pattern: string): string {
    const like = (column: string) => likeSql(column, pattern, this.#params);
    if ("tag" in subject) {
      const exact = like(`d."tags" ->> ${this.#params.add(subject.tag)}::text`);
      const indexed = tagsLikeSql(subject.tag, pattern, this.#params);
      // COALESCE has no estimate of its own: the two are hardly ever apart, and as two conditions they would count as rare.
      return indexed === null ? exact : `${indexed} AND COALESCE(${exact}, false)`;
    }
    const { field } = subject;
    if (field === "model" || field === "release") return this.#runs(field, like);
    return jsonListSql(field, like) ?? like(textSql(field));
  }

  /** The releases are few; the devices that run one are found by its id. */
  #runs(field: "model" | "release" | "modelId", condition: (column: string) => string): string {
    const column = { model: `m."name"`, release: `r."name"`, modelId: `r."modelId"` }[field];
    const join = field === "model" ? `JOIN "model" m ON m."id" = r."modelId"` : "";
    const mine = this.#params.add(this.#scope.organisationId);
    return `s."runningReleaseId" IN (SELECT r."id" FROM "release" r ${join} WHERE r."organisationId" = ${mine} AND ${condition(column)})`;
  }

  #health(values: readonly string[]): string {
    const active = `d."state" = 'ACTIVE' AND ${this.#ranks(values)}`;
    return values.includes("offline") && this.#scope.withoutRevoked !== true ? `(${active}) OR d."state" = 'REVOKED'` : active;
  }

  /**
   * By the health, which has an index. Only an active device goes online, and revoking it ends that: of who is not revoked and not online, the status says
   * offline.
   */
  #online(negated: boolean): string {
    if (negated && this.#scope.withoutRevoked === true) return `(${this.#ranks(["offline"])})`;
    const sql = `d."state" = 'ACTIVE' AND ${this.#ranks(ONLINE)}`;
    return negated ? `(${sql}) IS NOT TRUE` : `(${sql})`;
  }

  /** That the status says one of these healths. */
  #ranks(healths: readonly string[]): string {
    const ranks = HEALTH_RANKS.flatMap((health, place) => (healths.includes(health) ? [place + 1] : []));
    return `${this.#ownStatus()} AND s."healthRank" = ANY(${this.#params.add(ranks)}::smallint[])`;
  }

  /** Says of the status what is true of its device: the indexes on a status begin with the organisation. */
  #ownStatus(): string {
    return `s."organisationId" = ${this.#params.add(this.#scope.organisationId)}`;
  }

  /** Longer ago is earlier; what never was is longer ago than everything. */
  #age(field: FilterFieldName, operator: Comparison, ms: number): string {
    const at = new Date(this.#scope.now.getTime() - ms);
    const flipped = FLIPPED[operator];
    const column = field === "added" ? `d."createdAt"` : `s."lastSeenAt"`;
    const earlier = `${column} ${flipped} ${this.#params.add(at)}::timestamptz`;
    const condition = operator.startsWith(">") ? `(${earlier} OR ${column} IS NULL)` : earlier;
    if (field === "added" || flipped === "=") return condition;
    // Follows from the instant, and has an index; the minute of what never was is the first of all.
    const minute = Math.max(0, Math.floor(at.getTime() / 60_000));
    return `${condition} AND ${this.#ownStatus()} AND s."lastSeenMinute" ${flipped.startsWith("<") ? "<=" : ">="} ${this.#params.add(minute)}::int`;
  }
}
