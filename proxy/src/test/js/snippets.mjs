// What docs/sdk.md shows of the JavaScript SDK, between the markers.

// snippet: js-lease-tokens
import { CosmosClient } from "@azure/cosmos";

// The token of a lease, and of the next one before it ends.
export class LeaseTokens {
  #token;
  #renewAt = 0;
  #underWay;

  // accessToken: what signs the application in at the gateway's API
  // wanted: { scope, role, ttlSeconds }
  constructor(api, accessToken, wanted) {
    this.api = api;
    this.accessToken = accessToken;
    this.wanted = wanted;
  }

  async current() {
    if (Date.now() >= this.#renewAt) await this.renew();
    return this.#token;
  }

  // After a 401 too: the lease was ended before its time.
  renew() {
    this.#underWay ??= this.#ask().finally(() => (this.#underWay = undefined));
    return this.#underWay;
  }

  async #ask() {
    const answer = await fetch(new URL("/v1/leases", this.api), {
      method: "POST",
      headers: {
        authorization: `Bearer ${await this.accessToken()}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(this.wanted),
    });
    const body = await answer.json();
    if (answer.status !== 201) throw new Error(`no lease: ${body.message}`);
    const life = Date.parse(body.lease.expiresAt) - Date.parse(body.lease.issuedAt);
    this.#token = body.token;
    this.#renewAt = Date.now() + 0.9 * life;
  }
}
// end

export function withLeaseTokens(endpoint, tokens) {
  // snippet: js-renewing
  const client = new CosmosClient({ endpoint, tokenProvider: () => tokens.current() });
  // end
  return client;
}

// snippet: js-revoked
export async function withLease(tokens, call) {
  try {
    return await call();
  } catch (error) {
    if (error.code !== 401) throw error;
    await tokens.renew();
    return call();
  }
}
// end

export function withALeaseToken(endpoint, token) {
  // snippet: js-lease-token
  const client = new CosmosClient({ endpoint, tokenProvider: async () => token });
  // end
  return client;
}

export function withOwnToken(endpoint, credential) {
  // snippet: js-own-token
  const client = new CosmosClient({ endpoint, aadCredentials: credential });
  // end
  return client;
}

export function withLeaseKey(connectionString) {
  // snippet: js-lease-key
  const client = new CosmosClient(connectionString);
  // end
  return client;
}
