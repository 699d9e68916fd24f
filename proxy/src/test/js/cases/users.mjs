// On users and their permissions: reader may read orders at first.

import { PermissionMode } from "@azure/cosmos";
import { feed, single } from "../answers.mjs";

export default {
  "create-user": async ({ database }) => single(await database.users.create({ id: "new" })),
  "list-users": async ({ database }) => feed(await database.users.readAll().fetchAll()),
  "read-user": async ({ database }) => single(await database.user("reader").read()),
  "delete-user": async ({ database }) => single(await database.user("reader").delete()),
  "create-permission": async ({ database, container }) =>
    single(
      await database.user("reader").permissions.create({
        id: "members",
        permissionMode: PermissionMode.All,
        resource: container("members").url,
        resourcePartitionKey: ["c1"],
      }),
    ),
  "list-permissions": async ({ database }) =>
    feed(await database.user("reader").permissions.readAll().fetchAll()),
  "read-permission": async ({ database }) =>
    single(await database.user("reader").permission("orders").read()),
  "delete-permission": async ({ database }) =>
    single(await database.user("reader").permission("orders").delete()),
  "read-item-by-a-permission": async ({ database, elsewhere }) => {
    const { resource } = await database.user("reader").permission("orders").read();
    return single(await elsewhere({ tokenProvider: resource._token }).item("o1").read());
  },
};
