"use client";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Toasts } from "@/components/ui/toast";
import { ApiError } from "@/lib/client/api";
import type { Role } from "@/lib/people/roles";
import { ConnectionBanner } from "./connection-banner";
import { LiveUpdates } from "./live-updates";
import { BottomBar, TopBar } from "./bars";

export interface Viewer {
  name: string;
  email: string;
  roles: Role[];
}

const makeClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // A refusal is an answer; only a missing answer is worth another try.
        retry: (count, error) => count < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status >= 500),
      },
    },
  });

/** Bars, live updates and messages around every page of somebody who is signed in. */
export function Shell({ person, counts, children }: { person: Viewer; counts: { mine: number; all: number }; children: ReactNode }) {
  const [client] = useState(makeClient);
  return (
    <QueryClientProvider client={client}>
      <LiveUpdates />
      <TopBar person={person} counts={counts} />
      <ConnectionBanner />
      {children}
      <BottomBar person={person} counts={counts} />
      <Toasts />
    </QueryClientProvider>
  );
}
