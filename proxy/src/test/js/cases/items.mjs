// On items that have a key of one level.

import { PatchOperationType } from "@azure/cosmos";
import { feed, single } from "../answers.mjs";

export function order(id, customerId) {
  return { id, customerId, n: 100, status: "open", lines: [{ sku: "s-1", quantity: 1 }] };
}

function shippedIf(condition) {
  return { condition, operations: [{ op: "set", path: "/status", value: "shipped" }] };
}

export default {
  "create-item": async ({ orders }) => single(await orders.items.create(order("new", "c1"))),
  "create-item-that-is-there": async ({ orders }) =>
    single(await orders.items.create(order("o1", "c1"))),
  "read-item": async ({ item }) => single(await item("o1").read()),
  "read-item-that-is-missing": async ({ item }) => single(await item("none").read()),
  "read-item-that-is-unchanged": async ({ item }) => {
    const { etag } = await item("o1").read();
    return single(
      await item("o1").read({ accessCondition: { type: "IfNoneMatch", condition: etag } }),
    );
  },
  // The account throttles the first two times: the SDK tries again by itself.
  "read-item-that-is-throttled": async ({ container }) =>
    single(await container("members").item("busy", "c1").read()),
  "upsert-item-that-is-new": async ({ orders }) =>
    single(await orders.items.upsert(order("new", "c1"))),
  "upsert-item-that-is-there": async ({ orders }) =>
    single(await orders.items.upsert(order("o1", "c1"))),
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
  "read-all": async ({ orders }) => feed(await orders.items.readAll().fetchAll()),
};
