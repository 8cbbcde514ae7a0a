/** The catalog's words, without a parser: safe and small in the browser. */
export const ACTIONS = ["read", "write", "delete", "invoke"] as const;
export type Action = (typeof ACTIONS)[number];

/** How far a call reaches, from one record to outside the organisation. */
export const IMPACTS = ["record", "records", "tenant", "tenants", "external"] as const;
export type Impact = (typeof IMPACTS)[number];

export const REVERSIBILITIES = ["reversible", "effort", "irreversible"] as const;
export type Reversibility = (typeof REVERSIBILITIES)[number];

export const RISKS = ["low", "medium", "high"] as const;
export type Risk = (typeof RISKS)[number];

export const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] as const;
