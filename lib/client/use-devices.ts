"use client";
import { useQuery } from "@tanstack/react-query";
import type { ListedDevice } from "@/lib/notifications/devices";
import { api } from "./api";
import { keys } from "./keys";
import { pushState, thisDevice } from "./push";

export const useDevices = (initial: { items: ListedDevice[]; public_key: string }) =>
  useQuery({ queryKey: keys.devices, queryFn: () => api<{ items: ListedDevice[]; public_key: string }>("/devices"), initialData: initial });

/** What this browser says of itself; undefined until it was asked. */
export const useThisBrowser = () =>
  useQuery({
    queryKey: [...keys.devices, "this"],
    queryFn: async () => ({ state: await pushState(), id: thisDevice() }),
    networkMode: "always",
  }).data;
