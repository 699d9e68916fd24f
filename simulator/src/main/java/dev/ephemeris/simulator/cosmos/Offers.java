package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code /offers}: the throughput of databases and containers, one offer each. Guarded by the
 * {@link Account}'s lock.
 */
final class Offers {

  private final Stamps stamps;
  private final Map<String, ObjectNode> byRid = new LinkedHashMap<>();
  private int made;

  Offers(Stamps stamps) {
    this.stamps = stamps;
  }

  /**
   * Adds one.
   *
   * @param self the link by RID of what it is for
   * @param resourceRid its RID
   */
  void add(String self, String resourceRid, Throughput throughput) {
    String rid = Rid.offer(made++);
    ObjectNode offer = Json.object().put("resource", self).put("offerType", "Invalid");
    offer.put("offerResourceId", resourceRid).put("offerVersion", "V2");
    offer.set("content", throughput.content());
    offer.put("id", rid).put("_rid", rid).put("_self", "offers/" + rid + "/");
    stamps.on(offer);
    byRid.put(rid, offer);
  }

  void removeFor(String resourceRid) {
    byRid.values().removeIf(offer -> isFor(offer, resourceRid));
  }

  /** How many request units a second were bought for something; empty if none of its own were. */
  Optional<Throughput> throughput(String resourceRid) {
    return byRid.values().stream()
        .filter(offer -> isFor(offer, resourceRid))
        .findFirst()
        .map(offer -> Throughput.of(offer.path("content")));
  }

  private static boolean isFor(ObjectNode offer, String resourceRid) {
    return offer.path("offerResourceId").textValue().equals(resourceRid);
  }

  Answer answer(Call call, List<String> path) {
    return switch (path.size()) {
      case 1 -> feed(call);
      case 2 ->
          Optional.ofNullable(byRid.get(path.get(1)))
              .map(offer -> one(call, offer))
              .orElseGet(Answer::notFound);
      default -> Answer.notFound();
    };
  }

  private Answer feed(Call call) {
    List<ObjectNode> all = List.copyOf(byRid.values());
    if (call.method().equals("GET")) {
      return Feed.of("", "Offers", all);
    }
    return call.method().equals("POST") && Routes.isQuery(call)
        ? MetadataQuery.run(call, "", "Offers", all)
        : Answer.methodNotAllowed();
  }

  private Answer one(Call call, ObjectNode offer) {
    return switch (call.method()) {
      case "GET" -> described(offer);
      case "PUT" -> replace(call, offer);
      default -> Answer.methodNotAllowed();
    };
  }

  private Answer replace(Call call, ObjectNode offer) {
    JsonNode content = Json.parse(call.body()).orElse(Values.UNDEFINED).path("content");
    Throughput asked = Throughput.of(offer.path("content")).replacement(call, content);
    if (asked instanceof Throughput.Refused(Answer answer)) {
      return answer;
    }
    offer.set("content", asked.content());
    stamps.on(offer);
    return described(offer);
  }

  private static Answer described(ObjectNode offer) {
    return Answer.of(200, offer)
        .with("etag", offer.path("_etag").asText())
        .with(
            "x-ms-cosmos-min-throughput",
            Integer.toString(Throughput.of(offer.path("content")).least()))
        .with("x-ms-offer-replace-pending", "false");
  }
}
