package dev.ephemeris.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/**
 * Where everything is, for scripts: JSON, readable by its owner only since it holds credentials. It
 * appears whole, once everything works.
 */
final class ReadyFile {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** A person with a bearer token for the API. */
  record SignedIn(String name, List<String> groups, String token) {}

  private ReadyFile() {}

  static void write(
      Path file, DemoWorld world, List<SignedIn> people, Map<String, ApiClient.Lease> leases)
      throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("dataPlane", world.dataPlane().toString());
    json.put("api", world.api().toString());
    json.put("management", world.management().toString());
    json.put("issuer", world.issuer().issuer().toString());
    json.put("caCertificate", world.caCertificate().toString());
    json.put("account", DemoWorld.ACCOUNT);
    json.put("upstream", world.upstream().toString());
    json.put("upstreamKey", world.upstreamKey());
    ArrayNode peopleJson = json.putArray("people");
    for (SignedIn person : people) {
      ObjectNode entry = peopleJson.addObject();
      entry.put("name", person.name());
      person.groups().forEach(entry.putArray("groups")::add);
      entry.put("token", person.token());
    }
    ArrayNode leasesJson = json.putArray("leases");
    leases.forEach(
        (name, lease) -> {
          ObjectNode entry = leasesJson.addObject();
          entry.put("name", name);
          entry.put("token", lease.token());
          entry.set("scope", lease.document().path("scope"));
          entry.set("actions", lease.document().path("actions"));
          entry.put("id", lease.id());
          entry.set("expiresAt", lease.document().path("expiresAt"));
        });
    Path folder = file.toAbsolutePath().getParent();
    Path whole =
        Files.createTempFile(
            folder,
            ".ephemeris-ready-",
            null,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(whole, JSON.writeValueAsBytes(json));
    Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
