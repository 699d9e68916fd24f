package dev.ephemeris.simulator.cosmos;

import java.util.List;

/** {@code …/conflicts}: none, since one region alone writes. */
final class Conflicts {

  private Conflicts() {}

  static Answer answer(Call call, Container container, List<String> path) {
    if (path.size() > 1) {
      return Answer.notFound();
    }
    if (call.method().equals("GET")) {
      return Feed.of(container.rid(), "Conflicts", List.of());
    }
    return call.method().equals("POST") && Routes.isQuery(call)
        ? MetadataQuery.run(call, container.rid(), "Conflicts", List.of())
        : Answer.methodNotAllowed();
  }
}
