import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callOf } from "./call";
import { decisivePointers, defaultScope, deriveResource, notInspectable, templateNames } from "./derive";

const resource = (path: string | null, given: Parameters<typeof deriveResource>[1]) => deriveResource({ path, resource: null }, given);

describe("the resource", () => {
  it("is the path, filled in", () => {
    expect(resource("/users/{id}/notes/{n}", { id: "u_1", n: 7, other: "x" })).toBe("/users/u_1/notes/7");
    expect(resource("/flags/{on}", { on: false })).toBe("/flags/false");
    expect(resource("/users", {})).toBe("/users");
    expect(resource(null, { id: "u_1" })).toBeNull();
  });

  it.each<[string, string]>([
    ["a/b", "/users/a%2Fb/x"],
    ["../admin", "/users/..%2Fadmin/x"],
    ["..%2fadmin", "/users/..%252fadmin/x"],
    ["u_1?all=1", "/users/u_1%3Fall%3D1/x"],
    ["u_1#x", "/users/u_1%23x/x"],
    ["a\\b", "/users/a%5Cb/x"],
    ["a b\n", "/users/a%20b%0A/x"],
    ["é‮", "/users/%C3%A9%E2%80%AE/x"],
    ["{id}", "/users/%7Bid%7D/x"],
    ["...", "/users/.../x"],
  ])("keeps %j inside its segment", (id, path) => {
    expect(resource("/users/{id}/x", { id })).toBe(path);
  });

  it.each<[string, Parameters<typeof deriveResource>[1]]>([
    ["missing", {}],
    ["null", { id: null }],
    ["empty", { id: "" }],
    ["a dot", { id: "." }],
    ["two dots", { id: ".." }],
    ["a list", { id: ["u_1"] }],
    ["an object", { id: { toString: "u_1" } }],
  ])("is refused when the argument in the path is %s", (_name, given) => {
    expect(resource("/users/{id}", given)).toEqual([
      { pointer: "/arguments/id", detail: expect.stringContaining("fills in the tool's path") as string },
    ]);
  });

  it("does not take a name that every object has for an argument", () => {
    for (const name of ["constructor", "toString", "__proto__"]) expect(resource(`/x/{${name}}`, {})).toBeInstanceOf(Array);
  });

  it("has as many segments as the path, and gives the arguments back, whatever they say", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), fc.string({ unit: "grapheme", minLength: 1 }), (a, b) => {
        fc.pre(![".", ".."].includes(a) && ![".", ".."].includes(b));
        const path = String(resource("/a/{a}/b/{b}", { a, b }));
        expect(path.split("/").map(decodeURIComponent)).toEqual(["", "a", a, "b", b]);
        expect(new URL(path, "https://example.org").pathname).toBe(path);
      }),
    );
  });
});

describe("what a person must confirm", () => {
  const pointers = (tool: Partial<Parameters<typeof decisivePointers>[0]>, given: Parameters<typeof decisivePointers>[1]) =>
    decisivePointers({ decisive: [], path: null, resource: null, arguments: null, ...tool }, given);

  it("is what the catalog says, as far as it is there; else what is in the path; else the first plain value", () => {
    const given = { list: [1], note: "x", id: "u_1", amount: 10 };
    expect(pointers({ decisive: ["/amount", "/missing"], path: "/users/{id}" }, given)).toEqual(["/amount"]);
    expect(pointers({ decisive: ["/missing"], path: "/users/{id}/{gone}" }, given)).toEqual(["/id"]);
    expect(pointers({ arguments: { properties: { amount: {}, id: {} } } }, given)).toEqual(["/amount"]);
    expect(pointers({}, given)).toEqual(["/note"]);
    expect(pointers({}, { "a/b": 1 })).toEqual(["/a~1b"]);
    expect(pointers({}, { list: [], nothing: null })).toEqual([]);
  });

  it("includes a null that the catalog calls decisive", () => {
    expect(pointers({ decisive: ["/id"] }, { id: null })).toEqual(["/id"]);
  });
});

it("nobody can inspect long encoded bytes and control characters; prose, lists and short values anybody can", () => {
  const base64 = Buffer.from("x".repeat(300)).toString("base64");
  const given = {
    file: base64,
    url: base64.replaceAll("+", "-"),
    hash: "ab".repeat(200),
    deep: [{ "a/b": base64 }],
    control: "\u0001".repeat(9),
    prose: "Please refund this order. ".repeat(40),
    code: "line\n\tindented\r\n".repeat(30),
    id: "a".repeat(64),
  };
  expect(notInspectable(given)).toEqual(["/file", "/url", "/hash", "/deep/0/a~1b", "/control"]);
});

it("small words: template names, default scopes, calls", () => {
  expect(templateNames("/a/{b}/{c.d}/{}/{{e}}")).toEqual(["b", "c.d", "e"]);
  expect(defaultScope("users.delete.all")).toBe("users:delete:all");
  expect(callOf({ method: "POST", path: "/refunds", name: "orders.refund" })).toBe("POST /refunds");
  expect(callOf({ method: null, path: "/refunds", name: "orders.refund" })).toBe("/refunds");
  expect(callOf({ method: "POST", path: null, name: "orders.refund" })).toBe("orders.refund");
});
