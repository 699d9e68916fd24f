// On stored procedures: greet is there at first.

import { feed, single } from "../answers.mjs";

const body = "function () { getContext().getResponse().setBody(1); }";

export default {
  "create-stored-procedure": async ({ orders }) =>
    single(await orders.scripts.storedProcedures.create({ id: "new", body })),
  "list-stored-procedures": async ({ orders }) =>
    feed(await orders.scripts.storedProcedures.readAll().fetchAll()),
  "read-stored-procedure": async ({ orders }) =>
    single(await orders.scripts.storedProcedure("greet").read()),
  "replace-stored-procedure": async ({ orders }) => {
    const greet = orders.scripts.storedProcedure("greet");
    const { resource } = await greet.read();
    return single(await greet.replace({ ...resource, body }));
  },
  "execute-stored-procedure": async ({ orders }) =>
    single(await orders.scripts.storedProcedure("greet").execute("c1", ["Alice"])),
  "execute-stored-procedure-that-is-missing": async ({ orders }) =>
    single(await orders.scripts.storedProcedure("none").execute("c1", ["Alice"])),
  "delete-stored-procedure": async ({ orders }) =>
    single(await orders.scripts.storedProcedure("greet").delete()),
};
