// Runs operations of @azure/cosmos, one for each line of JSON on standard input:
//   { operation, endpoint, credential, database, prefix: what the names of the containers begin with,
//     headers: the names of those to tell, later: milliseconds that the clock is put forward by before }
// and answers each with a line of what came back. Credentials come by standard input only, as one of
//   { key }, { resourceTokens } and { connectionString } as the SDK takes them,
//   { tokenProvider } and { accessToken }, what these two give,
//   { lease: { api, accessToken, wanted } }, with which to ask for one, and for the next.

import dns from "node:dns";
import diagnostics from "node:diagnostics_channel";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { CosmosClient } from "@azure/cosmos";
import { compare, failure } from "./answers.mjs";
import account from "./cases/account.mjs";
import batches from "./cases/batches.mjs";
import changeFeed from "./cases/change-feed.mjs";
import clientEncryptionKeys from "./cases/client-encryption-keys.mjs";
import containers from "./cases/containers.mjs";
import items from "./cases/items.mjs";
import keys from "./cases/keys.mjs";
import queries from "./cases/queries.mjs";
import scripts from "./cases/scripts.mjs";
import users from "./cases/users.mjs";
import {
  LeaseTokens,
  withALeaseToken,
  withLease,
  withLeaseKey,
  withLeaseTokens,
  withOwnToken,
} from "./snippets.mjs";

const operations = {
  ...account,
  ...containers,
  ...clientEncryptionKeys,
  ...items,
  ...keys,
  ...batches,
  ...queries,
  ...changeFeed,
  ...scripts,
  ...users,
};

// Names below localhost are this machine (RFC 6761, section 6.3), also where the resolver doesn't know.
const lookup = dns.lookup;
dns.lookup = (name, ...rest) => lookup(name.endsWith(".localhost") ? "localhost" : name, ...rest);

const lasting = (token) => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 });

const clients = new Map();

function client(endpoint, credential) {
  const name = JSON.stringify([endpoint, credential]);
  if (!clients.has(name)) {
    clients.set(name, newClient(endpoint, credential));
  }
  return clients.get(name);
}

function newClient(endpoint, credential) {
  const { tokenProvider, accessToken, connectionString, lease, ...others } = credential;
  if (tokenProvider) return withALeaseToken(endpoint, tokenProvider);
  if (accessToken) return withOwnToken(endpoint, { getToken: async () => lasting(accessToken) });
  if (connectionString) return withLeaseKey(connectionString);
  if (lease) return withLeaseTokens(endpoint, tokensOf(lease));
  return new CosmosClient({
    endpoint,
    ...others,
    connectionPolicy: { enableBackgroundEndpointRefreshing: false },
  });
}

const leases = new Map();

function tokensOf(lease) {
  const name = JSON.stringify(lease);
  if (!leases.has(name)) {
    leases.set(name, new LeaseTokens(lease.api, async () => lease.accessToken, lease.wanted));
  }
  return leases.get(name);
}

// What a case has at hand.
function place(cosmos, { endpoint, credential, database, prefix }) {
  const container = (name) => cosmos.database(database).container(prefix + name);
  return {
    client: cosmos,
    database: cosmos.database(database),
    container,
    orders: container("orders"),
    item: (id) => container("orders").item(id, "c1"),
    // The same in another client, perhaps by another credential.
    elsewhere: (other = credential) =>
      place(newClient(endpoint, other), { endpoint, credential: other, database, prefix }),
  };
}

const now = Date.now;
let ahead = 0;
Date.now = () => now() + ahead;

async function answer({ operation, headers, later = 0, ...target }) {
  ahead += later;
  const run = operations[operation];
  if (run === undefined) {
    return { status: 0, message: `there is no case for ${operation}` };
  }
  compare(headers);
  try {
    const call = () => run(place(client(target.endpoint, target.credential), target));
    return await (target.credential.lease
      ? withLease(tokensOf(target.credential.lease), call)
      : call());
  } catch (error) {
    return failure(error);
  }
}

// The SDK asks for a query and its plan at once, and tells of the first failure while the other
// request is still on its way: an operation is over when nothing of it is.
let underWay = 0;
diagnostics.subscribe("http.client.request.start", () => underWay++);
diagnostics.subscribe("http.client.response.finish", () => underWay--);

async function nothingUnderWay() {
  for (let quiet = 0, waits = 0; quiet < 3 && waits < 400; waits++) {
    await sleep(5);
    quiet = underWay === 0 ? quiet + 1 : 0;
  }
}

process.stdout.write(JSON.stringify({ operations: Object.keys(operations) }) + "\n");
for await (const line of createInterface({ input: process.stdin })) {
  const result = await answer(JSON.parse(line));
  await nothingUnderWay();
  process.stdout.write(JSON.stringify(result) + "\n");
}
process.exit(0);
