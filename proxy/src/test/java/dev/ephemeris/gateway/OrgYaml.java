package dev.ephemeris.gateway;

import dev.ephemeris.simulator.issuer.Person;

/** An org.yaml, made of the documents that tests have in it most often. */
public final class OrgYaml {

  private OrgYaml() {}

  public static String of(String... documents) {
    return String.join("---\n", documents);
  }

  public static String group(String name) {
    return """
    apiVersion: backstage.io/v1alpha1
    kind: Group
    metadata: { name: %s }
    spec: { type: team, children: [] }
    """
        .formatted(name);
  }

  /** Somebody who signs in at the issuer {@code corp}. */
  public static String user(Person person, String... groups) {
    return user(person.name(), "example.com/subject: " + person.subject(), groups);
  }

  public static String user(String name, String annotations, String... groups) {
    return """
    apiVersion: backstage.io/v1alpha1
    kind: User
    metadata: { name: %s, annotations: { %s } }
    spec: { memberOf: [%s] }
    """
        .formatted(name, annotations, String.join(", ", groups));
  }
}
