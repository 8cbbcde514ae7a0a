import { withTenant, type Actor, type Orm } from "@/lib/db/tenant";
import { canonicalDigest } from "@/lib/platform/canonical";
import { applyOperation, checkOperations, readTouched, sameContent, tightens } from "./operations";
import { adminNeeded, noSecondAdmin } from "./problems";
import type { Content, Operation, Touched } from "./schema";

/** It is in force, with what the writing said; or it waits for a second admin. */
export type Outcome<Result> = { live: Result; alone: boolean } | { proposed: string };

/** What a change is made of, beside who makes it. */
export interface Wanted<Result> {
  operations: Operation[];
  reason: string;
  /** Writes all of it; by default each operation as it is applied when a proposal is approved. */
  write?: (orm: Orm) => Promise<Result>;
}

/** Takes back what was tried, so that only the proposal is left. */
const TRY = "before_the_change";

/**
 * Changes configuration where one person may, and proposes it where two are needed: everything is tried as it will be
 * applied, what was and what is compared, and taken back when it widens and two admins have ever existed (the latch).
 * One transaction under the gate, so that what was compared is what is written.
 * @throws noSecondAdmin, adminNeeded, or the problem of the operation that cannot be applied; nothing was changed then
 */
export async function changeOrPropose<Result = void>(tenant: string, actor: Actor, wanted: Wanted<Result>): Promise<Outcome<Result>> {
  await checkOperations(tenant, wanted.operations);
  return withTenant(tenant, actor, async (orm) => {
    const latched = await beginChange(orm);
    // Before the latch everything is one person's own work, and each record of it says so.
    if (!latched && actor.kind === "person") await setActor(orm, { ...actor, via: "alone" });
    if (!latched) return { live: await write(orm, tenant, wanted), alone: true };
    await orm.$executeRawUnsafe(`savepoint ${TRY}`);
    const before = await readAll(orm, tenant, wanted.operations);
    const live = await write(orm, tenant, wanted);
    const after = await readAll(orm, tenant, wanted.operations);
    const touched = before.map(({ object, content }, i) => ({ object, before: content, after: after[i]?.content ?? null }));
    if (tightens(wanted.operations, touched)) return { live, alone: false };
    await orm.$executeRawUnsafe(`rollback to savepoint ${TRY}`);
    // What is as it would be anyway has no place in a proposal.
    const differs = touched.map((each) => !sameContent(each.before, each.after));
    const operations = wanted.operations.filter((_, i) => differs[i]);
    return {
      proposed: await propose(
        orm,
        tenant,
        actor,
        { ...wanted, operations },
        touched.filter((_, i) => differs[i]),
      ),
    };
  });
}

async function beginChange(orm: Orm): Promise<boolean> {
  const [row] = await orm.$queryRaw<{ latched: boolean }[]>`select begin_change() as latched`;
  // Without an answer: as if two had existed.
  return row?.latched ?? true;
}

const setActor = (orm: Orm, actor: Actor) => orm.$queryRaw`select set_config('licet.actor', ${JSON.stringify(actor)}, true)`;

async function readAll(orm: Orm, tenant: string, operations: readonly Operation[]) {
  const found = [];
  for (const op of operations) found.push(await readTouched(orm, tenant, op));
  return found;
}

async function write<Result>(orm: Orm, tenant: string, { operations, write }: Wanted<Result>): Promise<Result> {
  if (write) return write(orm);
  for (const op of operations) await applyOperation(orm, tenant, op);
  return undefined as Result;
}

/** Applies what was approved, if everything it touches is as it was when it was proposed. @returns the first that is not */
export async function applyContent(orm: Orm, tenant: string, { base, operations }: Content): Promise<string | null> {
  const differing = async (side: "before" | "after") => {
    const found = await readAll(orm, tenant, operations);
    const at = found.findIndex(({ content }, i) => !sameContent(content, base[i]?.[side] ?? null));
    return at < 0 ? null : (found[at]?.object ?? "");
  };
  const moved = await differing("before");
  if (moved !== null) return moved;
  for (const op of operations) await applyOperation(orm, tenant, op);
  // What is in force now must be what the approver was shown.
  return differing("after");
}

async function propose<Result>(orm: Orm, tenant: string, actor: Actor, { operations, reason }: Wanted<Result>, base: Touched[]) {
  const person = actor.kind === "person" ? actor.id : null;
  const content = JSON.parse(JSON.stringify({ base, operations })) as Content;
  const digest = changeDigest(tenant, content);
  const facts = changeFactsDigest(person, reason);
  const [row] = await orm.$queryRaw<{ refusal: "role" | "no_second_admin" | null; id: string }[]>`
    select * from propose(${person}::uuid, ${JSON.stringify(content)}::jsonb, ${reason}, ${digest}, ${facts})`;
  if (!row || row.refusal === "role") throw adminNeeded();
  if (row.refusal) throw noSecondAdmin();
  return row.id;
}

/** What is approved, exactly: what would be done and to what. */
export const changeDigest = (tenant: string, content: Content) => canonicalDigest({ domain: "licet.change", v: 1, tenant, ...content });

/** What stood beside it: who proposed it (null: the operator's command), and why. */
export const changeFactsDigest = (person: string | null, reason: string) =>
  canonicalDigest({ domain: "licet.facts", v: 1, proposed_by: person, reason });
