// On users and their permissions: reader may read orders at first.

import { PermissionMode } from "@azure/cosmos";
import { feed, single } from "../answers.mjs";

function byPermission(run) {
  return async ({ database, elsewhere }) => {
    const { resource } = await database.user("reader").permission("orders").read();
    return single(await run(elsewhere({ tokenProvider: resource._token })));
  };
}

export default {
  "create-user": async ({ database }) => single(await database.users.create({ id: "new" })),
  "list-users": async ({ database }) => feed(await database.users.readAll().fetchAll()),
  "read-user": async ({ database }) => single(await database.user("reader").read()),
  "upsert-user": async ({ database }) => single(await database.users.upsert({ id: "new" })),
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
  "replace-permission": async ({ database }) => {
    const permission = database.user("reader").permission("orders");
    const { resource } = await permission.read();
    return single(await permission.replace({ ...resource, permissionMode: PermissionMode.All }));
  },
  "read-item-by-a-permission": byPermission(({ item }) => item("o1").read()),
  "read-item-beyond-a-permission": byPermission(({ container }) =>
    container("members").item("m1", "c1").read(),
  ),
  "delete-item-beyond-a-permission": byPermission(({ item }) => item("o1").delete()),
};
