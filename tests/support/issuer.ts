import { generateKeyPairSync } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";

export interface Claims {
  sub: string;
  email?: string;
  email_verified?: boolean;
}

/** A real OpenID Connect issuer on loopback. Whoever is sent to it is signed in there as `present`. */
export class Issuer {
  present: Claims = { sub: "nobody" };
  readonly client = { id: "licet", secret: "a client secret for tests" };

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** @param idTokenHasAll  puts the e-mail into the ID token, as some issuers do; the standard says to ask for it */
  static async start(redirectUri: string, { idTokenHasAll = false } = {}): Promise<Issuer> {
    const server = createServer();
    await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
    const issuer = new Issuer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const provider: Provider = new Provider(
      issuer.url,
      issuer.configuration(redirectUri, idTokenHasAll, () => provider),
    );
    const callback = provider.callback();
    server.on("request", (request, response) => {
      if (!request.url?.startsWith("/interaction/")) return callback(request, response);
      void provider.interactionFinished(request, response, { login: { accountId: issuer.present.sub } });
    });
    return issuer;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private configuration(redirectUri: string, idTokenHasAll: boolean, provider: () => Provider) {
    const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
    return {
      clients: [{ client_id: this.client.id, client_secret: this.client.secret, redirect_uris: [redirectUri] }],
      claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
      conformIdTokenClaims: !idTokenHasAll,
      jwks: { keys: [{ ...key, use: "sig", alg: "RS256", kid: "test" }] },
      cookies: { keys: ["a key for cookies of tests"] },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
      ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
      findAccount: (_: unknown, accountId: string) => ({ accountId, claims: () => ({ ...this.present, sub: accountId }) }),
      loadExistingGrant: async ({ oidc }: { oidc: { client: { clientId: string }; session: { accountId: string } } }) => {
        const grant = new (provider().Grant)({ accountId: oidc.session.accountId, clientId: oidc.client.clientId });
        grant.addOIDCScope("openid email profile");
        await grant.save();
        return grant;
      },
    };
  }
}
