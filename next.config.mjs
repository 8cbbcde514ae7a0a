import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** @type {import("next").NextConfig} */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // `npm run check` looks at the types of everything, once.
  typescript: { ignoreBuildErrors: true },
  images: { unoptimized: true },
  turbopack: { root: dirname(fileURLToPath(import.meta.url)) },
  // Loaded from node_modules at run time, not bundled: native addons, and what must exist once per process.
  serverExternalPackages: ["pg", "@node-rs/argon2", "pino", "web-push", "@prisma/client", "@prisma/adapter-pg", "re2js", "next-auth"],
};
