import "next-auth";
import "next-auth/jwt";

declare module "next-auth" {
  interface User {
    id: string;
    userAgent?: string;
  }
}

declare module "next-auth/jwt" {
  interface JWT {
    /** Secret of the `sessions` row. */
    sid?: string;
  }
}
