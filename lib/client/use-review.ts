"use client";
import { useQuery } from "@tanstack/react-query";
import type { Review } from "@/lib/approvals/review";
import { api } from "./api";
import { keys } from "./keys";

/** A request with the facts around it, as new as the event stream makes it. */
export const useReview = (initial: Review) =>
  useQuery({
    queryKey: keys.review(initial.approval.id),
    queryFn: () => api<Review>(`/approvals/${initial.approval.id}/review`),
    initialData: initial,
  });
