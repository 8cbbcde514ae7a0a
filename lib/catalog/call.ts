/** "POST /refunds", or the tool's name where the catalog knows no call. */
export const callOf = ({ method, path, name }: { method: string | null; path: string | null; name: string }) =>
  path === null ? name : `${method ? `${method} ` : ""}${path}`;
