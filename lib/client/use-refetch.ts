"use client";
import { useQueryClient, type QueryKey } from "@tanstack/react-query";

/**
 * For what changes a resource: does it, then reads again what is shown of it.
 * @returns what the work returned; when it failed too the resource is read again, because somebody else may have changed it
 */
export function useRefetch(...queries: QueryKey[]): <T>(work: Promise<T>) => Promise<T> {
  const client = useQueryClient();
  const refetch = () => Promise.all(queries.map((queryKey) => client.invalidateQueries({ queryKey })));
  return async (work) => {
    try {
      const result = await work;
      await refetch();
      return result;
    } catch (error) {
      // Not waited for: without a connection it would never end.
      void refetch();
      throw error;
    }
  };
}
