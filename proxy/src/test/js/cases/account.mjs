// On the account, and on databases as a whole.

import { single } from "../answers.mjs";
import { throughput } from "./containers.mjs";

export default {
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
  "query-databases": async ({ client, database }) => {
    const query = `SELECT * FROM d WHERE d.id = '${database.id}'`;
    const { resources } = await client.databases.query(query).fetchAll();
    return { status: 200, found: resources.length > 0 };
  },
  "create-database": async ({ client, database }) =>
    single(await client.databases.create({ id: `${database.id}-new` })),
  "create-database-with-throughput": async ({ client, database }) => {
    const created = await client.databases.create({ id: `${database.id}-new`, throughput: 500 });
    return throughput(await created.database.readOffer());
  },
  "create-database-that-is-there": async ({ client, database }) =>
    single(await client.databases.create({ id: database.id })),
  "read-database": async ({ database }) => single(await database.read()),
  "delete-database": async ({ client, database }) =>
    single(await client.database(`${database.id}-spare`).delete()),
};
