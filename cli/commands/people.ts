import { text } from "node:stream/consumers";
import { InvalidArgumentError, type Command } from "commander";
import { resetPassword } from "@/lib/people/change-password";
import { addPerson, listPeople } from "@/lib/people/members";
import { ROLES, ROLE_ABOUT, type Role } from "@/lib/people/roles";
import { Email, PersonName, Roles } from "@/lib/people/schema";
import { parsed } from "../parsed";
import { print, table } from "../print";
import { OPERATOR, TENANT, withInstall } from "../session";

interface AddOptions {
  email: string;
  name: string;
  role: Role[];
  passwordStdin?: boolean;
  json?: boolean;
}

export function addPeople(program: Command): void {
  const people = program.command("people").description("People: who may sign in, and what they may do");
  people
    .command("add")
    .description("Add a person. With --password-stdin they sign in with a password, without it by single sign-on only")
    .requiredOption("--email <address>", "what they sign in with")
    .requiredOption("--name <name>", "what others see")
    .requiredOption("--role <roles>", `one or several of ${ROLES.join(",")}`, parseRoles)
    .option("--password-stdin", "read the password (at least 12 characters) from standard input")
    .option("--json", "print {id} as JSON")
    .addHelpText(
      "after",
      `\nRoles:\n${ROLES.map((role) => `  ${role.padEnd(17)}${ROLE_ABOUT[role]}`).join("\n")}\n\nExample:\n  echo "$PASSWORD" | npx licet people add --email kim@example.org --name "Kim Sato" --role approver --password-stdin`,
    )
    .action(async ({ email, name, role, passwordStdin, json }: AddOptions) => {
      const person = { email: parsed("--email", Email, email), name: parsed("--name", PersonName, name), roles: role };
      const password = passwordStdin ? await readPassword() : null;
      const id = await withInstall(() => addPerson(TENANT, OPERATOR, { ...person, password }));
      print(json, { id }, `${person.name} was added${password === null ? " and signs in by single sign-on" : ""}.`);
    });
  people
    .command("set-password")
    .description("Let somebody in again: sets their password and ends all their sessions")
    .requiredOption("--email <address>", "what they sign in with")
    .requiredOption("--password-stdin", "read the new password from standard input")
    .option("--json", "print {} as JSON")
    .addHelpText("after", `\nExample:\n  echo "$PASSWORD" | npx licet people set-password --email kim@example.org --password-stdin`)
    .action(async ({ email, json }: { email: string; json?: boolean }) => {
      const address = parsed("--email", Email, email);
      const password = await readPassword();
      await withInstall(() => resetPassword(TENANT, OPERATOR, address, password));
      print(json, {}, `The password of ${address} was set; their sessions ended.`);
    });
  people
    .command("list")
    .description("List people with their roles")
    .option("--json", "print {people} as JSON")
    .addHelpText("after", "\nExample:\n  npx licet people list")
    .action(async ({ json }: { json?: boolean }) => {
      const found = await withInstall(() => listPeople(TENANT));
      const rows = found.map((person) => [person.name, person.email ?? "(cannot sign in)", person.roles.join(","), person.status]);
      print(json, { people: found }, rows.length ? table(rows) : "Nobody yet.");
    });
}

function parseRoles(value: string): Role[] {
  const roles = Roles.safeParse(value.split(",").map((role) => role.trim()));
  if (!roles.success) throw new InvalidArgumentError(`Name one or several of ${ROLES.join(", ")}.`);
  return roles.data;
}

/** One line's end is the terminal's, not the password's. */
async function readPassword(): Promise<string> {
  return (await text(process.stdin)).replace(/\r?\n$/, "");
}
