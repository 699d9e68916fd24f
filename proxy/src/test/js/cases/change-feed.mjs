// What changed in a container.

import { ChangeFeedMode, ChangeFeedStartFrom } from "@azure/cosmos";
import { changes } from "../answers.mjs";
import { order } from "./items.mjs";

const { LatestVersion, AllVersionsAndDeletes } = ChangeFeedMode;

// Until there is nothing more: the feed of a range never ends by itself.
async function read(orders, options) {
  const iterator = orders.items.getChangeFeedIterator(options);
  const pages = [];
  do {
    pages.push(changes(await iterator.readNext()));
  } while (pages.at(-1).status !== 304);
  return { status: 200, pages };
}

// What is written after a first look that shows nothing.
function sinceThen(changeFeedMode) {
  return async ({ orders, item }) => {
    const { pages } = await read(orders, {
      changeFeedMode,
      changeFeedStartFrom: ChangeFeedStartFrom.Now(),
    });
    await orders.items.create(order("new", "c1"));
    await item("o1").replace(order("o1", "c1"));
    await item("o4").delete();
    return read(orders, {
      changeFeedMode,
      changeFeedStartFrom: ChangeFeedStartFrom.Continuation(pages.at(-1).continuation),
    });
  };
}

function anHourAgo() {
  return new Date(Date.now() - 3_600_000);
}

export default {
  "changes-from-the-beginning": async ({ orders }) =>
    read(orders, { changeFeedStartFrom: ChangeFeedStartFrom.Beginning() }),
  "changes-page-by-page": async ({ orders }) =>
    read(orders, { changeFeedStartFrom: ChangeFeedStartFrom.Beginning(), maxItemCount: 3 }),
  "changes-of-a-partition-key": async ({ orders }) =>
    read(orders, { changeFeedStartFrom: ChangeFeedStartFrom.Beginning("c1") }),
  "changes-from-now": async ({ orders }) =>
    read(orders, { changeFeedStartFrom: ChangeFeedStartFrom.Now() }),
  "changes-from-a-time": async ({ orders }) =>
    read(orders, { changeFeedStartFrom: ChangeFeedStartFrom.Time(anHourAgo()) }),
  "changes-since-then": sinceThen(LatestVersion),
  "all-versions-and-deletes": sinceThen(AllVersionsAndDeletes),
};
