package dev.ephemeris.loadtests;

import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.cosmos.Verb;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** What a client shows: the account itself wants its key, the gateway a lease's token. */
interface Credential {

  /** The {@code authorization} header for reading an item. */
  String authorization(String link, String date);

  static Credential accountKey(String base64) {
    MasterKey key = MasterKey.ofBase64(base64);
    return (link, date) -> key.authorization(Verb.GET, ResourceType.ITEM, link, date);
  }

  static Credential leaseToken(String token) {
    String encoded = URLEncoder.encode(token, StandardCharsets.UTF_8);
    return (link, date) -> encoded;
  }
}
