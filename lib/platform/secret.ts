import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from "node:crypto";

/** A purpose's own key, derived from the install's secret (RFC 5869), so that no two uses share one. */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "licet", purpose, 32));
}

/** Encrypts what is kept in the database (AES-256-GCM). */
export function seal(secret: string, purpose: string, plain: string): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", deriveKey(secret, purpose), iv);
  const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64url");
}

/** @throws when the text was changed or sealed under another secret */
export function unseal(secret: string, purpose: string, sealed: string): string {
  const bytes = Buffer.from(sealed, "base64url");
  const decipher = createDecipheriv("aes-256-gcm", deriveKey(secret, purpose), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
}

/** 256 random bits as text for a link or a cookie; only its hash is ever stored. */
export const randomToken = () => randomBytes(32).toString("base64url");

/** In one call: a third of the time of an incremental hash for texts this short. */
export const sha256 = (text: string): Buffer<ArrayBuffer> => hash("sha256", text, "buffer");
