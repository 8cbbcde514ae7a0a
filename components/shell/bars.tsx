"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useQuery } from "@tanstack/react-query";
import { OnDemand } from "@/components/ui/on-demand";
import { api } from "@/lib/client/api";
import { keys } from "@/lib/client/keys";
import { hasRole, readsAll } from "@/lib/people/roles";
import { Face } from "./face";
import type { Viewer } from "./shell";

interface Counts {
  mine: number;
  all: number;
}

export interface Place {
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
      ...(administers
        ? [
            { path: "/people", name: "People" },
            { path: "/changes", name: "Changes" },
          ]
        : []),
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
        <OnDemand
          load={() => import("./personal-menu").then((module) => module.PersonalMenu)}
          props={{ person }}
          button={(on) => <Face person={person} {...on} />}
        />
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
      <OnDemand
        load={() => import("./more-menu").then((module) => module.MoreMenu)}
        props={{ places: setting }}
        button={(on) => (
          <button type="button" {...on}>
            More
          </button>
        )}
      />
    </nav>
  );
}

function NavLink({ path, name, count = 0 }: Place & { count?: number }) {
  const here = usePathname();
  const current = here === path || here.startsWith(`${path}/`) || (path === "/inbox" && here.startsWith("/approvals/"));
  return (
    <Link href={path} prefetch={false} {...(current ? { "aria-current": "page" } : {})}>
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
