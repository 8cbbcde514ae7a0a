import { afterAll, beforeAll, expect, it } from "vitest";
import { problemOf } from "@/tests/support/problem";
import { World } from "@/tests/support/world";
import { openSetup, setupIsOpen } from "./setup";

let world: World;
beforeAll(async () => {
  world = await World.start({ LICET_LOG_LEVEL: "error" });
});
afterAll(() => world.stop());

const tokenOf = (path: string | null) => path?.replace("/setup/", "") ?? "";
const claim = (token: string, input: object = {}) =>
  world.fetcher({})("/api/v1/setup", {
    method: "POST",
    json: { token, name: "Ada Admin", email: "ada@example.org", password: "violet-otter-sings", ...input },
  });

it("makes the first admin once: approver, security officer and level 1 of the chain default; then every link is void", async () => {
  const older = tokenOf(await openSetup());
  const token = tokenOf(await openSetup());
  expect(await setupIsOpen(older)).toBe(false);
  expect(await setupIsOpen(token)).toBe(true);

  expect(await problemOf(claim("x".repeat(43)))).toMatchObject({ status: 410, code: "setup_over" });
  expect(await problemOf(claim(older))).toMatchObject({ status: 410 });
  expect(await problemOf(claim(token, { password: "short" }))).toMatchObject({ status: 422, code: "weak_password" });
  expect(await problemOf(claim(token, { email: "no address" }))).toMatchObject({ status: 422, pointers: ["/email"] });
  expect(await problemOf(claim(token, { name: "A\u200bda" }))).toMatchObject({ status: 422, pointers: ["/name"] });

  // An operator's first person does not use the link up, nor is it good to take that person's place.
  await world.person("Early Bird", ["approver"]);
  expect(await problemOf(claim(token, { email: "Early.Bird@example.org" }))).toMatchObject({ status: 409, code: "email_taken" });

  const answers = await Promise.all(Array.from({ length: 5 }, (_, i) => claim(token, { email: `ada${i}@example.org` })));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 410, 410, 410, 410]);
  const people = await world.sql<object>("select name, roles from people where 'admin' = any (roles)");
  expect(people).toEqual([{ name: "Ada Admin", roles: ["admin", "approver", "security_officer"] }]);
  const [record] = await world.sql<object>(
    "select actor_kind, detail ->> 'via' as via from audit_records where event = 'config.people.insert' and detail -> 'after' ->> 'name' = 'Ada Admin'",
  );
  expect(record).toEqual({ actor_kind: "system", via: "set-up link" });

  expect(await problemOf(claim(token, { email: "eve@example.org" }))).toMatchObject({ status: 410 });
  expect(await openSetup()).toBeNull();
  expect(await world.sql("select from setup")).toEqual([]);
});
