"use client";
import Link from "next/link";
import { Menu, MenuItem } from "@/components/ui/menu";
import type { Place } from "./bars";

/** On a phone: the pages that do not fit into the bar. */
export function MoreMenu({ places, startsOpen }: { places: Place[]; startsOpen: boolean }) {
  return (
    <Menu trigger={<button type="button">More</button>} startsOpen={startsOpen}>
      {places.map((place) => (
        <MenuItem key={place.path} render={<Link href={place.path}>{place.name}</Link>} />
      ))}
    </Menu>
  );
}
