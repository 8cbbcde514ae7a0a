import "next-auth";
import "next-auth/jwt";

declare module "next-auth" {
  interface User {
    id: string;
    /** Secret of the session just opened. */
    sid?: string;
  }
}

declare module "next-auth/jwt" {
  interface JWT {
    /** Secret of the `sessions` row. */
    sid?: string;
  }
}
