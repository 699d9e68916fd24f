// Several operations in one request.

import { result } from "../answers.mjs";
import { order } from "./items.mjs";

const shipped = { operations: [{ op: "set", path: "/status", value: "shipped" }] };

const bulk = [
  { operationType: "Create", partitionKey: "c1", resourceBody: order("new", "c1") },
  { operationType: "Create", partitionKey: "c1", resourceBody: order("o1", "c1") },
  { operationType: "Upsert", partitionKey: "c1", resourceBody: order("o4", "c1") },
  { operationType: "Read", partitionKey: "c2", id: "o2" },
  { operationType: "Patch", partitionKey: "c3", id: "o3", resourceBody: shipped },
  { operationType: "Replace", partitionKey: "c1", id: "o7", resourceBody: order("o7", "c1") },
  { operationType: "Delete", partitionKey: "c2", id: "o5" },
  { operationType: "Delete", partitionKey: "c3", id: "none" },
];

async function batch(orders, operations) {
  const { code, result: results } = await orders.items.batch(operations, "c1");
  return { status: code, body: results.map(result) };
}

export default {
  batch: async ({ orders }) =>
    batch(orders, [
      { operationType: "Create", resourceBody: order("new", "c1") },
      { operationType: "Upsert", resourceBody: order("o1", "c1") },
      { operationType: "Read", id: "o4" },
      { operationType: "Replace", id: "o7", resourceBody: order("o7", "c1") },
      { operationType: "Patch", id: "o10", resourceBody: shipped },
      { operationType: "Delete", id: "o4" },
    ]),
  "batch-of-which-one-fails": async ({ orders }) => {
    const answer = await batch(orders, [
      { operationType: "Create", resourceBody: order("new", "c1") },
      { operationType: "Create", resourceBody: order("o1", "c1") },
      { operationType: "Delete", id: "o4" },
    ]);
    const { statusCode } = await orders.item("new", "c1").read();
    return { ...answer, undone: statusCode === 404 };
  },
  bulk: async ({ orders }) => {
    const results = await orders.items.executeBulkOperations(structuredClone(bulk));
    const refused = results.find(({ error }) => error && ![404, 409].includes(error.code));
    if (refused) {
      throw refused.error;
    }
    return {
      status: 200,
      body: results.map(({ response, error }) =>
        result(response ?? { statusCode: error.code }),
      ),
    };
  },
  // The older of the SDK's two.
  "bulk-at-once": async ({ orders }) => ({
    status: 200,
    body: (
      await orders.items.bulk(structuredClone(bulk), { continueOnError: true })
    ).map(result),
  }),
};
