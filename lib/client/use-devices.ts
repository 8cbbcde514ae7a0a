"use client";
import { useQuery } from "@tanstack/react-query";
import type { ListedDevice } from "@/lib/notifications/devices";
import { api } from "./api";
import { keys } from "./keys";

export const useDevices = (initial: { items: ListedDevice[]; public_key: string }) =>
  useQuery({ queryKey: keys.devices, queryFn: () => api<{ items: ListedDevice[]; public_key: string }>("/devices"), initialData: initial });
