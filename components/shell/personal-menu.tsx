"use client";
import Link from "next/link";
import { Menu, MenuItem } from "@/components/ui/menu";
import { useToast } from "@/components/ui/toast";
import { signOut } from "@/lib/client/sign-in";
import { ROLE_NAMES } from "@/lib/people/roles";
import { Face } from "./face";
import type { Viewer } from "./shell";

export function PersonalMenu({ person, startsOpen }: { person: Viewer; startsOpen: boolean }) {
  const say = useToast();
  return (
    <Menu trigger={<Face person={person} />} startsOpen={startsOpen}>
      <span className="said">
        {person.name}
        <br />
        {person.roles.map((role) => ROLE_NAMES[role]).join(", ")}
      </span>
      <MenuItem render={<Link href="/settings">Settings</Link>} />
      <MenuItem render={<a href="/docs">API reference</a>} />
      <MenuItem
        nativeButton
        render={<button type="button" />}
        onClick={() => void signOut().catch(() => say("You are still signed in: the server could not be reached.", "bad"))}
      >
        Sign out
      </MenuItem>
    </Menu>
  );
}
