// Queries: those of queries.csv, and those that are more than a text.

import { readFileSync } from "node:fs";
import { feed, page, pages } from "../answers.mjs";

const table = new URL("../../resources/dev/ephemeris/gateway/sdk/queries.csv", import.meta.url);

const fromTable = Object.fromEntries(
  readFileSync(table, "utf8")
    .split("\n")
    .slice(1)
    .filter((line) => line !== "")
    .map((line) => {
      const [operation, pageSize, text] = line.split("¦");
      return [operation, pageSize === "" ? query(text) : inPages(text, Number(pageSize))];
    }),
);

function query(spec, options) {
  return async ({ orders }) => feed(await orders.items.query(spec, options).fetchAll());
}

function inPages(text, maxItemCount) {
  return async ({ orders }) => pages(orders.items.query(text, { maxItemCount }));
}

export default {
  ...fromTable,
  "query-one-partition": query("SELECT * FROM c", { partitionKey: "c1" }),
  "query-with-parameters": query({
    query: "SELECT * FROM c WHERE c.status = @status AND c.n > @n",
    parameters: [
      { name: "@status", value: "open" },
      { name: "@n", value: 3 },
    ],
  }),
  "query-page-by-page": async ({ orders }) =>
    pages(orders.items.query("SELECT * FROM c", { partitionKey: "c1", maxItemCount: 2 })),
  "query-goes-on-in-another-client": async ({ orders, elsewhere }) => {
    const options = { partitionKey: "c1", maxItemCount: 2 };
    const first = await orders.items.query("SELECT * FROM c", options).fetchNext();
    const next = await elsewhere()
      .orders.items.query("SELECT * FROM c", {
        ...options,
        continuationToken: first.continuationToken,
      })
      .fetchNext();
    return { status: 200, pages: [page(first), page(next)] };
  },
};
