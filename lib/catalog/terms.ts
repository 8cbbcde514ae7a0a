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

/** What an argument is: how it is drawn for the person who decides. */
export const KINDS = ["money", "mail", "diff", "sql", "path", "url", "text"] as const;
export type Kind = (typeof KINDS)[number];

/** What an agent may be trusted with. In trial it reads; nothing that writes is ever released. */
export const HELD_STAGES = ["trial", "production"] as const;
export type Stage = (typeof HELD_STAGES)[number];
