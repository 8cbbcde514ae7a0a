"use client";
import dynamic from "next/dynamic";
import { useState } from "react";
import { useShortcuts } from "@/lib/client/shortcuts";

/** Fetched when asked for. */
const KeysDialog = dynamic(() => import("./keys-dialog").then((module) => module.KeysDialog), { ssr: false });

/** All single keys, on "?". */
export function KeysHelp() {
  const [open, setOpen] = useState(false);
  useShortcuts({ "?": () => setOpen(true) });
  return open ? <KeysDialog onClose={() => setOpen(false)} /> : null;
}
