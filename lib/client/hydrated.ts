"use client";
import { useSyncExternalStore } from "react";

const never = () => () => {};

/** False while the server's HTML is taken over, true afterwards: for what only the browser knows, such as its time zone. */
export const useHydrated = () =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
