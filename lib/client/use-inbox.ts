"use client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { ListItem, Page } from "@/lib/approvals/list";
import { api } from "./api";
import { keys } from "./keys";

const PAGE_SIZE = 100;

/** @param query  the list's query string, without cursor and limit */
export const useInbox = (query: string, initial: Page | undefined) =>
  useInfiniteQuery({
    queryKey: keys.inbox(query),
    queryFn: ({ pageParam }) =>
      api<Page>(`/approvals?${query}&limit=${PAGE_SIZE}${pageParam ? `&cursor=${encodeURIComponent(pageParam)}` : ""}`),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    ...(initial ? { initialData: { pages: [initial], pageParams: [""] } } : {}),
  });

/** What waits for this person, in the inbox's order: the review screen goes on from one to the next. */
export const useWaiting = () =>
  useQuery({
    queryKey: keys.waiting,
    queryFn: () => api<Page>(`/approvals?status=pending&mine=true&limit=${PAGE_SIZE}`),
    select: (page): ListItem[] => page.items,
  });
