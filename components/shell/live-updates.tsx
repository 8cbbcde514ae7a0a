"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, ApiError } from "@/lib/client/api";
import { keys } from "@/lib/client/keys";
import { live } from "@/lib/client/live";

/** Many changes at once are read once. */
const GATHER_MS = 60;

/** Keeps everything on the page as new as the server: what the event stream names is read again. */
export function LiveUpdates() {
  const client = useQueryClient();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const stop = live.listen(() => {
      timer ??= setTimeout(() => {
        timer = null;
        void client.invalidateQueries({ queryKey: keys.approvals });
      }, GATHER_MS);
    });
    const unwatch = live.watch(() => {
      if (live.lostAt !== null) void leaveIfSignedOut();
    });
    return () => {
      if (timer) clearTimeout(timer);
      stop();
      unwatch();
    };
  }, [client]);
  return null;
}

/** A stream also ends because a session did: then the page says so instead of trying for ever. */
async function leaveIfSignedOut(): Promise<void> {
  try {
    await api("/session");
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) return;
    const back = encodeURIComponent(location.pathname + location.search);
    location.assign(`/sign-in?error=signed_out&callbackUrl=${back}`);
  }
}
