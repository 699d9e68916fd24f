// Runs operations of @azure/cosmos, one for each line of JSON on standard input:
//   { operation, endpoint, credential: { key | tokenProvider | resourceTokens | accessToken }, database,
//     prefix: what the names of the containers begin with, headers: the names of those to tell }
// and answers each with a line of what came back. Credentials come by standard input only.

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
  const { tokenProvider, accessToken, ...others } = credential;
  return new CosmosClient({
    endpoint,
    ...others,
    ...(tokenProvider ? { tokenProvider: async () => tokenProvider } : {}),
    ...(accessToken ? { aadCredentials: { getToken: async () => lasting(accessToken) } } : {}),
    connectionPolicy: { enableBackgroundEndpointRefreshing: false },
  });
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

async function answer({ operation, headers, ...target }) {
  const run = operations[operation];
  if (run === undefined) {
    return { status: 0, message: `there is no case for ${operation}` };
  }
  compare(headers);
  try {
    return await run(place(client(target.endpoint, target.credential), target));
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
