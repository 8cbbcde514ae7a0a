import { dictionary } from "@zxcvbn-ts/language-common";
import { describe, expect, it } from "vitest";
import { hashPassword, verifyPassword, weakness } from "./password";

const OWN = ["Ada Lovelace", "ada.lovelace@example.org"];

describe("weakness", () => {
  it.each([
    ["eleven-char", /at least 12/],
    ["👩‍🚀👩‍🚀👩‍🚀", /at least 12/],
    ["x".repeat(201), /at most 200/],
    ["unbelievable", /tried first/],
    ["Password1234", /tried first/],
    ["!!!password2026!!!", /tried first/],
    ["aaaaaaaaaaaa", /repeats/],
    ["abcabcabcabc", /repeats/],
    ["dragondragondragon", /repeats/],
    ["abcdefghijkl", /run/],
    ["mlkjihgfedcba", /run/],
    ["adalovelace12", /your own name/],
    ["Ada.Lovelace!1", /your own name/],
    ["ada.lovelace@example.org", /your own name/],
    ["1815.Lovelace.Ada", /your own name/],
  ])("says what is wrong with %s", (password, why) => {
    expect(String(weakness(password, ...OWN))).toMatch(why);
  });

  it.each([
    "violet-otter-sings",
    "correct horse battery staple",
    "ada likes numbers",
    "пароль-для-работы",
    "🦊🦊🦉🦉🐢🐢 in a row",
    "x9$kQ2!mZp7&",
  ])("finds nothing wrong with %s", (password) => {
    expect(weakness(password, ...OWN)).toBeNull();
  });

  it("knows every listed password that is long enough", () => {
    const long = dictionary["passwords-common"].filter((password) => typeof password === "string" && password.length >= 12);
    expect(long.length).toBeGreaterThan(50);
    for (const password of long) expect(weakness(password), password).not.toBeNull();
  });
});

describe("a hash", () => {
  it("is argon2id with OWASP's parameters and a salt of its own, and verifies whichever way a letter was typed", async () => {
    const [first, second] = await Promise.all([hashPassword("violet-öttér-sings"), hashPassword("violet-öttér-sings")]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(first).not.toBe(second);
    expect(await verifyPassword(first, "violet-öttér-sings".normalize("NFD"))).toBe(true);
    expect(await verifyPassword(first, "violet-otter-sings")).toBe(false);
    expect(await verifyPassword(first, "x".repeat(10_000))).toBe(false);
  });

  it("of nobody matches nothing, not even what the decoy was made of", async () => {
    expect(await verifyPassword(null, "nobody has this password")).toBe(false);
  });

  it("is not made of a weak password", async () => {
    await expect(hashPassword("short")).rejects.toMatchObject({
      code: "weak_password",
      status: 422,
      details: { errors: [{ pointer: "/password" }] },
    });
  });
});
