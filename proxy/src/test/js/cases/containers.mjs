// On containers, their throughput and their conflicts.

import { feed, single } from "../answers.mjs";

const key = { paths: ["/customerId"] };

function create(definition) {
  return async ({ database }) => single(await database.containers.create(definition));
}

async function offer(container) {
  const { resource } = await container.readOffer();
  return resource;
}

export function throughput(response) {
  const { content, _etag } = response.resource;
  const most = content.offerAutopilotSettings?.maxThroughput ?? 0;
  const body = { throughput: content.offerThroughput ?? null, most, _etag };
  return { ...single(response), body };
}

function createWith(bought) {
  return async ({ database }) => {
    const definition = { id: "new", partitionKey: key, ...bought };
    const { container } = await database.containers.create(definition);
    return throughput(await container.readOffer());
  };
}

function replaceThroughput(value) {
  return async ({ client, container }) => {
    const found = await offer(container("spare"));
    found.content.offerThroughput = value;
    return throughput(await client.offer(found.id).replace(found));
  };
}

export default {
  "list-containers": async ({ database }) => feed(await database.containers.readAll().fetchAll()),
  "query-containers": async ({ database }) =>
    feed(await database.containers.query("SELECT * FROM c WHERE c.id = 'orders'").fetchAll()),
  "read-container": async ({ orders }) => single(await orders.read()),
  "read-ranges": async ({ orders }) => feed(await orders.readPartitionKeyRanges().fetchAll()),
  "create-container": create({ id: "new", partitionKey: key }),
  "create-container-that-is-there": create({ id: "orders", partitionKey: key }),
  "create-container-of-a-hierarchical-key": create({
    id: "new",
    partitionKey: { paths: ["/tenant", "/user", "/session"], kind: "MultiHash", version: 2 },
  }),
  "create-container-of-unique-keys": create({
    id: "new",
    partitionKey: key,
    uniqueKeyPolicy: { uniqueKeys: [{ paths: ["/email"] }] },
  }),
  "create-container-with-a-time-to-live": create({
    id: "new",
    partitionKey: key,
    defaultTtl: 3600,
  }),
  "replace-container": async ({ container }) => {
    const { resource } = await container("spare").read();
    return single(await container("spare").replace({ ...resource, defaultTtl: 60 }));
  },
  "delete-container": async ({ container }) => single(await container("spare").delete()),
  "create-container-with-throughput": createWith({ throughput: 500 }),
  "create-container-with-autoscale": createWith({ maxThroughput: 4000 }),
  "read-throughput": async ({ container }) => throughput(await container("spare").readOffer()),
  "replace-throughput": replaceThroughput(500),
  "replace-throughput-by-too-little": replaceThroughput(300),
  "list-conflicts": async ({ orders }) => feed(await orders.conflicts.readAll().fetchAll()),
};
