import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { canonicalDigest } from "@/lib/platform/canonical";
import type { Json } from "@/lib/platform/strict-json";
import { World } from "@/tests/support/world";
import { actionDigest, decisionDigest } from "./digest";
import { DENY_REASONS } from "./terms";

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world.stop());

/** Whatever a person may type: quotes, line ends, emoji, right-to-left marks; never NUL or half a surrogate pair. */
const awkward = fc.constantFrom(
  '"',
  "\\",
  "/",
  " ",
  "\n",
  "\r",
  "\t",
  "\b",
  "\f",
  "\u0001",
  "\u001f",
  "\u007f",
  "\u2028",
  "\u202e",
  "é",
  "😀",
);
const words = fc
  .oneof(fc.string({ unit: "binary", maxLength: 60 }), fc.string({ unit: awkward, maxLength: 20 }))
  .map((text) => text.replaceAll("\0", ""));
const digest = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex"));
const whole = fc.integer({ min: 1, max: 2 ** 31 - 1 });

it("the database computes the decision's digest as TypeScript does", async () => {
  const decision = fc.record({
    action: digest,
    facts: digest,
    request: fc.uuid(),
    version: whole,
    verdict: fc.constantFrom("approve" as const, "deny" as const),
    comment: fc.option(words),
    deny_reason: fc.option(fc.constantFrom(...DENY_REASONS)),
    validity: fc.option(fc.constant("once" as const)),
    scope: fc.option(words),
    use_within: fc.option(whole),
    policy: whole,
    chain: fc.option(fc.record({ id: fc.uuid(), version: whole })),
    decider: fc.uuid(),
    quorum: fc.constantFrom<(number | Record<string, number>)[]>(1, 2, { approver: 1 }, { security_officer: 2, approver: 1 }),
  });
  await fc.assert(
    fc.asyncProperty(decision, async ({ scope, ...given }) => {
      const [row] = await world.sql<{ digest: string }>(
        `select encode(decision_digest(jsonb_populate_record(null::requests, $1), $2, $3, $4, $5, $6, $7), 'hex') as digest`,
        [
          JSON.stringify({
            id: given.request,
            content_version: given.version,
            scope,
            action_digest: `\\x${given.action}`,
            facts_digest: `\\x${given.facts}`,
            policy_version: given.policy,
            quorum: given.quorum === 1 ? null : given.quorum,
            chain_id: given.chain?.id,
            chain_version: given.chain?.version,
          }),
          given.verdict,
          given.decider,
          given.comment,
          given.deny_reason,
          given.validity,
          given.use_within,
        ],
      );
      const expected = decisionDigest({ ...given, granted_scope: given.verdict === "approve" ? scope : null });
      expect(row?.digest).toBe(expected.toString("hex"));
    }),
    { numRuns: 200 },
  );
});

it("the action's digest, written out by hand for speed, is that of the canonical form", () => {
  const json = fc.jsonValue({ depthSize: "small" }).map((value) => JSON.parse(JSON.stringify(value)) as Json);
  const action = fc.record({
    tenant: words,
    agent: fc.uuid(),
    tool: words,
    definition: fc.option(digest),
    arguments: fc.dictionary(words, json, { noNullPrototype: true }),
    resource: fc.option(words),
    scope: fc.option(words),
  });
  fc.assert(
    fc.property(action, (given) => {
      const general = canonicalDigest({ act: null, audience: null, domain: "licet.action", upstream: null, v: 1, ...given });
      expect(actionDigest(given).equals(general)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
