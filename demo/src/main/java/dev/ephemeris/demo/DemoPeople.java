package dev.ephemeris.demo;

import dev.ephemeris.simulator.issuer.Person;
import java.util.List;

/** The people of the demo, as issuer and catalog ({@code org.yaml}) know them. */
final class DemoPeople {

  static final Person ALICE =
      new Person("3f0c7a52-alice", "alice", "Alice Ito", "alice@example.com");
  static final Person BOB = new Person("91d2be07-bob", "bob", "Bob Haas", "bob@example.com");
  static final Person CAROL =
      new Person("c8417e6d-carol", "carol", "Carol Mensah", "carol@example.com");

  static final List<Person> ALL = List.of(ALICE, BOB, CAROL);

  private DemoPeople() {}
}
