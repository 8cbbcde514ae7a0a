"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useQuery } from "@tanstack/react-query";
import { Menu, MenuItem } from "@/components/ui/menu";
import { api } from "@/lib/client/api";
import { keys } from "@/lib/client/keys";
import { signOut } from "@/lib/client/sign-in";
import { hasRole, readsAll, ROLE_NAMES } from "@/lib/people/roles";
import type { Viewer } from "./shell";

interface Counts {
  mine: number;
  all: number;
}

interface Place {
  path: string;
  name: string;
}

/** The pages this person has something to do or read on, in two groups. */
function placesFor(person: Viewer): { main: Place[]; setting: Place[] } {
  const administers = hasRole(person, "admin", "auditor", "security_officer");
  return {
    main: [
      { path: "/inbox", name: "Inbox" },
      ...(hasRole(person, "approver", "security_officer", "admin") ? [{ path: "/blocks", name: "Blocks" }] : []),
    ],
    setting: [
      { path: "/agents", name: "Agents" },
      ...(readsAll(person)
        ? [
            { path: "/tools", name: "Tools" },
            { path: "/chains", name: "Chains" },
          ]
        : []),
      ...(administers ? [{ path: "/people", name: "People" }] : []),
    ],
  };
}

const useCounts = (initial: Counts) =>
  useQuery({ queryKey: keys.count, queryFn: () => api<Counts>("/approvals/count"), initialData: initial }).data;

export function TopBar({ person, counts }: { person: Viewer; counts: Counts }) {
  const { mine } = useCounts(counts);
  const { main, setting } = placesFor(person);
  return (
    <header className="top">
      <Link className="brand" href="/inbox">
        Licet
      </Link>
      <nav className="nav" aria-label="Pages">
        {main.map((place) => (
          <NavLink key={place.path} {...place} count={place.path === "/inbox" ? mine : 0} />
        ))}
        <i aria-hidden="true" />
        {setting.map((place) => (
          <NavLink key={place.path} {...place} />
        ))}
      </nav>
      <span className="me">
        <Menu
          trigger={
            <button type="button" className="face" aria-label={`${person.name}: settings and sign-out`}>
              {initials(person.name)}
            </button>
          }
        >
          <span className="said">
            {person.name}
            <br />
            {person.roles.map((role) => ROLE_NAMES[role]).join(", ")}
          </span>
          <MenuItem render={<Link href="/settings">Settings</Link>} />
          <MenuItem render={<a href="/docs">API reference</a>} />
          <MenuItem render={<button type="button" />} onClick={() => void signOut()}>
            Sign out
          </MenuItem>
        </Menu>
      </span>
    </header>
  );
}

/** On a phone: the inbox, and everything else behind "More". */
export function BottomBar({ person, counts }: { person: Viewer; counts: Counts }) {
  const { mine } = useCounts(counts);
  const { main, setting } = placesFor(person);
  return (
    <nav className="bottom" aria-label="Pages, phone">
      {main.map((place) => (
        <NavLink key={place.path} {...place} count={place.path === "/inbox" ? mine : 0} />
      ))}
      <NavLink path="/settings" name="Settings" />
      <Menu trigger={<button type="button">More</button>}>
        {setting.map((place) => (
          <MenuItem key={place.path} render={<Link href={place.path}>{place.name}</Link>} />
        ))}
      </Menu>
    </nav>
  );
}

function NavLink({ path, name, count = 0 }: Place & { count?: number }) {
  const here = usePathname();
  const current = here === path || here.startsWith(`${path}/`) || (path === "/inbox" && here.startsWith("/approvals/"));
  return (
    <Link href={path} {...(current ? { "aria-current": "page" } : {})}>
      {name}
      {count > 0 ? (
        <b>
          {count}
          <span className="sr-only"> waiting for you</span>
        </b>
      ) : null}
    </Link>
  );
}

const initials = (name: string) =>
  name
    .split(/\s+/)
    .map((word) => word[0] ?? "")
    .slice(0, 2)
    .join("")
    .toUpperCase();
