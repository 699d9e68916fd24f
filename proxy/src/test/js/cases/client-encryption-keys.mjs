// On client encryption keys, of which "cek" is there at first. To make or replace one takes a key vault.

import { single } from "../answers.mjs";

export default {
  "read-client-encryption-key": async ({ database }) =>
    single(await database.readClientEncryptionKey("cek")),
  "read-client-encryption-key-that-is-missing": async ({ database }) =>
    single(await database.readClientEncryptionKey("none")),
};
