// Answers {"query", "items"} lines with {"rows"} or {"error"} lines, as @zeit/cosmosdb-query does.
import { createInterface } from "node:readline";
import module from "@zeit/cosmosdb-query";

for await (const line of createInterface({ input: process.stdin })) {
  const { query, items } = JSON.parse(line);
  console.log(JSON.stringify(answer(query, items)));
}

function answer(query, items) {
  try {
    return { rows: module.default(query).exec(items).result };
  } catch (error) {
    return { error: String(error.message) };
  }
}
