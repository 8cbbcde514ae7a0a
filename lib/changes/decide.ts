import { decisionItem, refuse } from "@/lib/approvals/decide";
import type { DecisionInput } from "@/lib/approvals/schema";
import type { DecideAnswer } from "@/lib/approvals/store";
import { withTenant, type Orm } from "@/lib/db/tenant";
import type { SignedIn } from "@/lib/people/schema";
import { Problem } from "@/lib/platform/problem";
import { checkOperations } from "./operations";
import { cannotApply, staleBase } from "./problems";
import { applyContent } from "./propose";
import { readChange, readStored } from "./read";
import { Content, type Change } from "./schema";

/**
 * A second admin decides a change: the same `decide` as for any request, and what it approves is applied in its own
 * transaction. Whatever cannot be applied takes the decision back with it; the change still waits.
 * @throws staleBase, cannotApply, or the problem that says why nothing was decided
 */
export async function decideChange(person: SignedIn, id: string, version: number, input: DecisionInput): Promise<Change> {
  const content = input.verdict === "approve" ? await readContent(person, id) : null;
  if (content) await explained(() => checkOperations(person.tenant, content.operations));
  const actor = { kind: "person" as const, id: person.personId, via: `change ${id}` };
  const item = JSON.stringify([decisionItem(person, id, version, input)]);
  const answer = await withTenant(person.tenant, actor, async (orm) => {
    const [decided] = await orm.$queryRaw<Pick<DecideAnswer, "refusal" | "state" | "detail">[]>`
      select refusal, state, detail from decide(${item}::jsonb, true)`;
    // A refusal is recorded and may have expired it: that stays.
    if (decided && !decided.refusal && content) await apply(orm, person.tenant, content);
    return decided;
  });
  if (!answer) throw cannotApply();
  refuse(answer);
  return readChange(person.tenant, person.personId, id);
}

async function readContent(person: SignedIn, id: string): Promise<Content | null> {
  const { status, content } = await readStored(person.tenant, person.personId, id);
  if (status !== "pending") return null;
  // What is stored must still be what this version knows, whole.
  const parsed = Content.safeParse(content);
  if (!parsed.success) throw cannotApply({ detail: "It was proposed under another version of Licet." });
  return parsed.data;
}

async function apply(orm: Orm, tenant: string, content: Content): Promise<void> {
  const moved = await explained(() => applyContent(orm, tenant, content));
  if (moved !== null) throw staleBase({ detail: `${moved} is not as it was.`, object: moved });
}

/** The part's own problem, said of the change. */
async function explained<T>(run: () => Promise<T>): Promise<T> {
  return run().catch((error: unknown) => {
    if (!(error instanceof Problem) || error.status >= 500) throw error;
    throw cannotApply({ detail: String(error.details.detail ?? error.title), because: error.code });
  });
}
