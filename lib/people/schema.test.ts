import { describe, expect, it } from "vitest";
import { Email, PersonName, Roles } from "./schema";
import { hasRole, readsAll, ROLES } from "./roles";

describe("an e-mail address", () => {
  it("is kept in one way: trimmed and in small letters", () => {
    expect(Email.parse("  Ada.Lovelace+x@Example.ORG ")).toBe("ada.lovelace+x@example.org");
  });

  it.each([
    "",
    "ada",
    "ada@",
    "@example.org",
    "ada@@example.org",
    "ada@example..",
    "аda@example.org",
    "ada@exämple.org",
    "ada @example.org",
    "ada@example.org\nbcc:x@y",
    "<ada@example.org>",
    `${"x".repeat(250)}@example.org`,
  ])("is not %j", (text) => {
    expect(Email.safeParse(text).success).toBe(false);
  });
});

describe("a name", () => {
  it.each(["Ada Lovelace", "Ada", "李小龍", "O’Brien-Šmíd", "علي"])("may be %s", (name) => {
    expect(PersonName.parse(` ${name} `)).toBe(name);
  });

  it.each(["", "  ", "x".repeat(201), "Ada\u202e", "A\u200bda", "Ada\u0000", "A\nda", "\u2066Ada", "Ada\u{e0041}", "A\u{f0000}"])(
    "may not be %j",
    (name) => {
      expect(PersonName.safeParse(name).success).toBe(false);
    },
  );
});

describe("roles", () => {
  it("are kept in one order, each once", () => {
    expect(Roles.parse(["auditor", "admin", "admin", "owner"])).toEqual(["owner", "admin", "auditor"]);
    expect(Roles.safeParse([]).success).toBe(false);
    expect(Roles.safeParse(["root"]).success).toBe(false);
  });

  it("imply nothing: an admin does not decide, and an owner reads their own", () => {
    expect(hasRole({ roles: ["admin"] }, "approver")).toBe(false);
    expect(ROLES.filter((role) => readsAll({ roles: [role] }))).toEqual(["approver", "admin", "security_officer", "auditor"]);
  });
});
