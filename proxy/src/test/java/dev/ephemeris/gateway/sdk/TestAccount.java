package dev.ephemeris.gateway.sdk;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.simulator.cosmos.ReceivedRequest;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The account that the SDKs work on, directly and through the gateway. */
sealed interface TestAccount extends AutoCloseable permits SimulatedAccount, GivenAccount {

  /** A stored procedure on orders, which greets whom its argument names. */
  String PROCEDURE = "greet";

  /** A trigger on orders, which marks an item as {@code stamped} before it is written. */
  String PRE_TRIGGER = "stamp";

  /** Another one, which writes the item {@code last} for c1 after an item of c1's. */
  String POST_TRIGGER = "remember";

  URI endpoint();

  String key();

  /** What its certificate hangs from, if that is none that every machine trusts. */
  Optional<Path> caCertificate();

  /** What a database of the tests is called here. */
  String database(String name);

  /** Everything as it was at first, but for users. */
  void reset();

  /** The users of {@link FirstUsers}: they take requests, which few tests need. */
  void writeUsers();

  /** The requests since the last reset, of an account that tells. */
  Optional<List<ReceivedRequest>> received();

  /** An answer without what differs from one request to the next. */
  JsonNode comparable(JsonNode answer);

  @Override
  void close();
}
