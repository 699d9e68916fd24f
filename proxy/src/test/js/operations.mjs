// Runs operations of @azure/cosmos, one for each line of JSON on standard input:
//   { operation, endpoint, credential: { key | tokenProvider | resourceTokens }, database, container,
//     headers: the names of those to tell }
// and answers each with a line of what came back. Credentials come by standard input only.

import diagnostics from "node:diagnostics_channel";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { CosmosClient, PatchOperationType } from "@azure/cosmos";

const operations = {
  "read-account": async ({ client }) => {
    const { resource, statusCode } = await client.getDatabaseAccount();
    const { writableLocations, readableLocations, ...body } = resource;
    return {
      status: statusCode ?? 200,
      locations: { write: writableLocations, read: readableLocations },
      body,
    };
  },
  "list-databases": async ({ client, database }) => {
    const { resources } = await client.databases.readAll().fetchAll();
    return { status: 200, found: resources.some(({ id }) => id === database.id) };
  },
  "list-containers": async ({ database }) =>
    feed(await database.containers.readAll().fetchAll()),
  "read-database": async ({ database }) => single(await database.read()),
  "read-container": async ({ container }) => single(await container.read()),
  "read-ranges": async ({ container }) => feed(await container.readPartitionKeyRanges().fetchAll()),
  "create-item": async ({ container }) => single(await container.items.create(order("new", "c1"))),
  "create-item-that-is-there": async ({ container }) =>
    single(await container.items.create(order("o1", "c1"))),
  "read-item": async ({ item }) => single(await item("o1").read()),
  "read-item-that-is-missing": async ({ item }) => single(await item("none").read()),
  "read-item-that-is-unchanged": async ({ item }) => {
    const { etag } = await item("o1").read();
    return single(
      await item("o1").read({ accessCondition: { type: "IfNoneMatch", condition: etag } }),
    );
  },
  "upsert-item-that-is-new": async ({ container }) =>
    single(await container.items.upsert(order("new", "c1"))),
  "upsert-item-that-is-there": async ({ container }) =>
    single(await container.items.upsert(order("o1", "c1"))),
  "replace-item": async ({ item }) => single(await item("o1").replace(order("o1", "c1"))),
  "replace-item-of-another-etag": async ({ item }) =>
    single(
      await item("o1").replace(order("o1", "c1"), {
        accessCondition: { type: "IfMatch", condition: '"another"' },
      }),
    ),
  "replace-item-that-is-missing": async ({ item }) =>
    single(await item("none").replace(order("none", "c1"))),
  "patch-item": async ({ item }) =>
    single(
      await item("o1").patch([
        { op: PatchOperationType.set, path: "/status", value: "shipped" },
        { op: PatchOperationType.incr, path: "/n", value: 10 },
        { op: PatchOperationType.remove, path: "/lines" },
      ]),
    ),
  "patch-item-on-a-condition": async ({ item }) =>
    single(await item("o1").patch(shippedIf("from c where c.status = 'open'"))),
  "patch-item-on-a-condition-that-fails": async ({ item }) =>
    single(await item("o1").patch(shippedIf("from c where c.status = 'closed'"))),
  "delete-item": async ({ item }) => single(await item("o1").delete()),
  "delete-item-that-is-missing": async ({ item }) => single(await item("none").delete()),
  "query-one-partition": query("SELECT * FROM c", { partitionKey: "c1" }),
  "query-all-partitions": query("SELECT * FROM c"),
  "query-with-parameters": query({
    query: "SELECT * FROM c WHERE c.status = @status AND c.n > @n",
    parameters: [
      { name: "@status", value: "open" },
      { name: "@n", value: 3 },
    ],
  }),
  "query-in": query("SELECT * FROM c WHERE c.id IN ('o2', 'o3', 'o11')"),
  "query-startswith": query("SELECT * FROM c WHERE STARTSWITH(c.id, 'o1')"),
  "query-contains": query("SELECT * FROM c WHERE CONTAINS(c.note, 'gift')"),
  "query-is-defined": query("SELECT * FROM c WHERE NOT IS_DEFINED(c.note)"),
  "query-projection": query("SELECT c.id, c.n * 2 AS twice, c.lines[0].sku FROM c"),
  "query-order-by": query("SELECT * FROM c ORDER BY c.n DESC"),
  "query-top": query("SELECT TOP 3 * FROM c ORDER BY c.n"),
  "query-count": query("SELECT VALUE COUNT(1) FROM c WHERE c.n > 2"),
  "query-page-by-page": async ({ container }) => {
    const pages = container.items.query("SELECT * FROM c", {
      partitionKey: "c1",
      maxItemCount: 2,
    });
    const read = [];
    while (pages.hasMoreResults()) {
      read.push(page(await pages.fetchNext()));
    }
    return { status: 200, pages: read };
  },
  "query-goes-on-in-another-client": async ({ container, containerOfAnotherClient }) => {
    const options = { partitionKey: "c1", maxItemCount: 2 };
    const first = await container.items.query("SELECT * FROM c", options).fetchNext();
    const next = await containerOfAnotherClient()
      .items.query("SELECT * FROM c", { ...options, continuationToken: first.continuationToken })
      .fetchNext();
    return { status: 200, pages: [page(first), page(next)] };
  },
  "query-with-a-syntax-error": query("SELECT * FROM c WHERE"),
  "read-all": async ({ container }) => feed(await container.items.readAll().fetchAll()),
};

function order(id, customerId) {
  return { id, customerId, n: 100, status: "open", lines: [{ sku: "s-1", quantity: 1 }] };
}

function shippedIf(condition) {
  return { condition, operations: [{ op: "set", path: "/status", value: "shipped" }] };
}

function query(spec, options) {
  return async ({ container }) => feed(await container.items.query(spec, options).fetchAll());
}

// The names of the headers that the one who asks wants to know of.
let compared = [];

function headers(all) {
  return Object.fromEntries(compared.map((name) => [name, all?.[name] ?? null]));
}

function single(response) {
  return {
    status: response.statusCode,
    subStatus: response.substatus ?? 0,
    headers: headers(response.headers),
    body: response.resource ?? null,
  };
}

function feed(response) {
  return {
    status: 200,
    charge: response.requestCharge,
    headers: headers(response.headers),
    body: response.resources,
  };
}

function page(response) {
  return {
    body: response.resources,
    charge: response.requestCharge,
    headers: headers(response.headers),
    continuation: response.continuationToken ?? null,
  };
}

function failure(error) {
  return {
    status: typeof error.code === "number" ? error.code : 0,
    subStatus: error.substatus ?? error.subStatusCode ?? 0,
    headers: headers(error.headers),
    message: String(error.body?.message ?? error.message),
  };
}

const clients = new Map();

function client(endpoint, credential) {
  const name = JSON.stringify([endpoint, credential]);
  if (!clients.has(name)) {
    clients.set(name, newClient(endpoint, credential));
  }
  return clients.get(name);
}

function newClient(endpoint, credential) {
  const { tokenProvider, ...others } = credential;
  return new CosmosClient({
    endpoint,
    ...others,
    ...(tokenProvider ? { tokenProvider: async () => tokenProvider } : {}),
    connectionPolicy: { enableBackgroundEndpointRefreshing: false },
  });
}

async function answer({ operation, endpoint, credential, database, container, ...question }) {
  const run = operations[operation];
  if (run === undefined) {
    return { status: 0, message: `there is no case for ${operation}` };
  }
  compared = question.headers;
  const containerOf = (cosmos) => cosmos.database(database).container(container);
  try {
    const cosmos = client(endpoint, credential);
    return await run({
      client: cosmos,
      database: cosmos.database(database),
      container: containerOf(cosmos),
      containerOfAnotherClient: () => containerOf(newClient(endpoint, credential)),
      item: (id) => containerOf(cosmos).item(id, "c1"),
    });
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
