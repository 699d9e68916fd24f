package dev.ephemeris.simulator.azure;

import dev.ephemeris.simulator.cosmos.KeyKind;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;

/** {@code listKeys}, {@code readonlykeys} and {@code regenerateKey} of an account. */
final class Keys {

  private static final Map<String, KeyKind> KINDS =
      Map.of(
          "primary", KeyKind.PRIMARY,
          "secondary", KeyKind.SECONDARY,
          "primaryReadonly", KeyKind.PRIMARY_READONLY,
          "secondaryReadonly", KeyKind.SECONDARY_READONLY);

  private Keys() {}

  static JsonObject all(ArmAccount account) {
    var access = account.cosmos().access();
    return readOnly(account)
        .put("primaryMasterKey", access.key(KeyKind.PRIMARY))
        .put("secondaryMasterKey", access.key(KeyKind.SECONDARY));
  }

  static JsonObject readOnly(ArmAccount account) {
    var access = account.cosmos().access();
    return new JsonObject()
        .put("primaryReadonlyMasterKey", access.key(KeyKind.PRIMARY_READONLY))
        .put("secondaryReadonlyMasterKey", access.key(KeyKind.SECONDARY_READONLY));
  }

  /** Which key a request for regeneration names. */
  static Optional<KeyKind> kind(Call call) {
    return call.json()
        .map(body -> body.getValue("keyKind"))
        .flatMap(name -> Optional.ofNullable(KINDS.get(String.valueOf(name))));
  }
}
