// On items whose keys have several levels, are missing or unique, and on those that end.

import { feed, single } from "../answers.mjs";

const T1_U1_A = ["t1", "u1", "a"];

function session(id) {
  return { id, tenant: "t1", user: "u1", session: "a", n: 100 };
}

function member(id, customerId, email) {
  return { id, customerId, email };
}

function query(name, partitionKey) {
  return async ({ container }) =>
    feed(await container(name).items.query("SELECT * FROM c", { partitionKey }).fetchAll());
}

async function count(container, partitionKey) {
  const { resources } = await container.items.query("SELECT * FROM c", { partitionKey }).fetchAll();
  return resources.length;
}

export default {
  "create-item-of-a-hierarchical-key": async ({ container }) =>
    single(await container("tenants").items.create(session("new"))),
  "read-item-of-a-hierarchical-key": async ({ container }) =>
    single(await container("tenants").item("s1", T1_U1_A).read()),
  "read-item-by-a-part-of-its-key": async ({ container }) =>
    single(await container("tenants").item("s1", ["t1", "u1"]).read()),
  "replace-item-of-a-hierarchical-key": async ({ container }) =>
    single(await container("tenants").item("s1", T1_U1_A).replace(session("s1"))),
  "delete-item-of-a-hierarchical-key": async ({ container }) =>
    single(await container("tenants").item("s1", T1_U1_A).delete()),
  "query-hierarchical-key": query("tenants", T1_U1_A),
  "query-prefix-of-one-level": query("tenants", ["t1"]),
  "query-prefix-of-two-levels": query("tenants", ["t1", "u1"]),
  "create-item-without-a-key": async ({ container }) =>
    single(await container("members").items.create({ id: "new" })),
  "read-item-without-a-key": async ({ container }) =>
    single(await container("members").item("guest").read()),
  "delete-item-without-a-key": async ({ container }) =>
    single(await container("members").item("guest").delete()),
  "query-items-without-a-key": query("members", {}),
  "create-item-of-a-taken-unique-key": async ({ container }) =>
    single(await container("members").items.create(member("new", "c1", "ada@example.test"))),
  "create-item-of-another-partitions-unique-key": async ({ container }) =>
    single(await container("members").items.create(member("new", "c2", "ada@example.test"))),
  "upsert-item-of-a-taken-unique-key": async ({ container }) =>
    single(await container("members").items.upsert(member("m2", "c1", "ada@example.test"))),
  "replace-item-by-a-taken-unique-key": async ({ container }) =>
    single(
      await container("members")
        .item("m2", "c1")
        .replace(member("m2", "c1", "ada@example.test")),
    ),
  "create-item-with-a-time-to-live": async ({ container }) =>
    single(
      await container("members").items.create({
        ...member("new", "c1", "new@example.test"),
        ttl: 60,
      }),
    ),
  "create-item-with-a-time-to-live-of-nothing": async ({ container }) =>
    single(
      await container("members").items.create({
        ...member("new", "c1", "new@example.test"),
        ttl: 0,
      }),
    ),
  "read-item-whose-time-is-over": async ({ container }) =>
    single(await container("members").item("gone", "c1").read()),
  "delete-partition-key": async ({ orders }) => ({
    ...single(await orders.deleteAllItemsForPartitionKey("c1")),
    left: await count(orders, "c1"),
    others: await count(orders, "c2"),
  }),
};
