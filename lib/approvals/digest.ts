import type { Arguments } from "@/lib/catalog/arguments";
import { canonicalDigest, canonicalJson } from "@/lib/platform/canonical";
import type { Quorum } from "@/lib/policy/schema";
import { sha256 } from "@/lib/platform/secret";

/**
 * The three digests (docs/decisions/0003-digests.md): SHA-256 over RFC 8785 canonical JSON, each with a domain tag and a
 * version. Members of features that do not exist yet are null, so that adding them later changes no meaning.
 */

export interface ActionFacts {
  tenant: string;
  agent: string;
  tool: string;
  /** SHA-256 in hex of the tool's pinned definition; null for a tool that is not in the catalog. */
  definition: string | null;
  arguments: Arguments;
  resource: string | null;
  scope: string | null;
}

/** What is to be done, exactly: fixed when it is asked, carried by what releases it, computed again there. */
export function actionDigest({ tenant, agent, tool, definition, arguments: given, resource, scope }: ActionFacts): Buffer {
  // The canonical form of an object with these members, written out: only the arguments need their keys sorted, and this
  // runs for every ask (a third of the time; the test compares it with the general form).
  const text = JSON.stringify;
  return sha256(
    `{"act":null,"agent":${text(agent)},"arguments":${canonicalJson(given)},"audience":null,"definition":${text(definition)},` +
      `"domain":"licet.action","resource":${text(resource)},"scope":${text(scope)},"tenant":${text(tenant)},"tool":${text(tool)},"upstream":null,"v":1}`,
  );
}

export interface CardFacts {
  risk: string;
  irreversibility: number;
  blast_radius: number;
  privilege: number;
  not_inspectable: string[];
  rule: string | null;
  reasons: string[];
  policy: number;
  held: string[];
  /** By its digest: every rule tried, and why. */
  explanation: string;
  /** Left out: one person is enough. */
  quorum?: Quorum;
  /** Left out: silence denies. */
  on_timeout?: "allow";
  tool: { title: string | null; action: string; impact: string; reversibility: string } | null;
}

/** What the card showed beside the action, and the decision was made on. */
export function factsDigest(facts: CardFacts): Buffer {
  return canonicalDigest({ domain: "licet.facts", v: 1, lookups: null, ...facts });
}

export interface DecisionFacts {
  action: string;
  facts: string;
  request: string;
  version: number;
  verdict: "approve" | "deny";
  comment: string | null;
  deny_reason: string | null;
  validity: "once" | null;
  granted_scope: string | null;
  /** Seconds the approval may be used for; the moment itself is known only when it is given. */
  use_within: number | null;
  policy: number;
  chain: { id: string; version: number } | null;
  decider: string;
  quorum: Quorum;
}

/** What a person decided. The SQL function `decision_digest` computes the same from the locked row. */
export function decisionDigest(decision: DecisionFacts): Buffer {
  return canonicalDigest({ domain: "licet.decision", v: 1, mode: null, constraints: null, ...decision });
}
