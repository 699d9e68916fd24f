// On items that have a key of one level.

import { PatchOperationType } from "@azure/cosmos";
import { feed, single } from "../answers.mjs";

export function order(id, customerId) {
  return { id, customerId, n: 100, status: "open", lines: [{ sku: "s-1", quantity: 1 }] };
}

const another = { accessCondition: { type: "IfMatch", condition: '"another"' } };

function shippedIf(condition) {
  return { condition, operations: [{ op: "set", path: "/status", value: "shipped" }] };
}

export default {
  "create-item": async ({ orders }) => single(await orders.items.create(order("new", "c1"))),
  "create-item-that-is-there": async ({ orders }) =>
    single(await orders.items.create(order("o1", "c1"))),
  "create-item-that-is-too-large": async ({ orders }) =>
    single(await orders.items.create({ ...order("new", "c1"), note: "x".repeat(2 * 1024 * 1024) })),
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
  "upsert-item-of-another-etag": async ({ orders }) =>
    single(await orders.items.upsert(order("o1", "c1"), another)),
  "replace-item": async ({ item }) => single(await item("o1").replace(order("o1", "c1"))),
  "replace-item-of-another-etag": async ({ item }) =>
    single(await item("o1").replace(order("o1", "c1"), another)),
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
  "patch-item-in-every-other-way": async ({ item }) =>
    single(
      await item("o1").patch([
        { op: PatchOperationType.add, path: "/lines/0", value: "first" },
        { op: PatchOperationType.add, path: "/lines/-", value: "last" },
        { op: PatchOperationType.replace, path: "/n", value: 7 },
        { op: PatchOperationType.incr, path: "/n", value: -2 },
        { op: "move", from: "/note", path: "/remark" },
      ]),
    ),
  "patch-item-that-is-missing": async ({ item }) =>
    single(
      await item("none").patch([
        { op: PatchOperationType.set, path: "/status", value: "shipped" },
      ]),
    ),
  "patch-item-on-a-condition": async ({ item }) =>
    single(await item("o1").patch(shippedIf("from c where c.status = 'open'"))),
  "patch-item-on-a-condition-that-fails": async ({ item }) =>
    single(await item("o1").patch(shippedIf("from c where c.status = 'closed'"))),
  "delete-item": async ({ item }) => single(await item("o1").delete()),
  "delete-item-that-is-missing": async ({ item }) => single(await item("none").delete()),
  "delete-item-of-another-etag": async ({ item }) => single(await item("o1").delete(another)),
  // Of the triggers, stamp marks an item before it is written, remember writes the item "last" after.
  "create-item-with-a-pre-trigger": async ({ orders }) =>
    single(await orders.items.create(order("new", "c1"), { preTriggerInclude: "stamp" })),
  "create-item-with-a-trigger-that-is-missing": async ({ orders }) =>
    single(await orders.items.create(order("new", "c1"), { preTriggerInclude: "none" })),
  "upsert-item-with-a-pre-trigger": async ({ orders }) =>
    single(await orders.items.upsert(order("o1", "c1"), { preTriggerInclude: ["stamp"] })),
  "replace-item-with-both-triggers": async ({ item }) =>
    single(
      await item("o1").replace(order("o1", "c1"), {
        preTriggerInclude: ["stamp"],
        postTriggerInclude: ["remember"],
      }),
    ),
  "delete-item-with-a-post-trigger": async ({ item }) => {
    await item("o1").delete({ postTriggerInclude: "remember" });
    return single(await item("last").read());
  },
  "read-all": async ({ orders }) => feed(await orders.items.readAll().fetchAll()),
};
