package dev.ephemeris.cosmos;

import java.util.Map;
import java.util.Optional;

/**
 * A data-plane request, read once: everything that later steps decide on and everything that goes
 * upstream.
 *
 * @param verb as sent; {@code HEAD} is authorised as the {@code GET} that it is
 * @param operation what is asked for, one of the closed list
 * @param resourceType on what kind of thing
 * @param address on which; by name or by RID
 * @param authorization the credential as sent, not verified yet; empty if there was none
 * @param date {@code x-ms-date} as sent, which a key's signature covers; doesn't go upstream
 * @param partitionKey the one logical partition that the request is bound to, if it names one
 * @param triggers what a write asks to be run with it; goes upstream among the headers
 * @param headers what else goes upstream, by allow-list; without the ones that have a field here
 */
public record CosmosRequest(
    Verb verb,
    Operation operation,
    ResourceType resourceType,
    Address address,
    Optional<Authorization> authorization,
    Optional<String> date,
    Optional<PartitionKey> partitionKey,
    Triggers triggers,
    RequestHeaders headers)
    implements Parsed {

  /**
   * Reads a raw request; an expected outcome, never an exception.
   *
   * <p>Refused is whatever two readers could read in two ways, whatever isn't in the table of
   * operations, and headers that would change the meaning of the request behind its decision.
   *
   * @param method the method, as sent
   * @param target the request target in origin form, not decoded
   * @param headers every header line, in order, duplicates included
   * @return the request, or the error to answer
   */
  public static Parsed parse(
      String method, String target, Iterable<Map.Entry<String, String>> headers) {
    return RequestParser.parse(method, target, headers);
  }

  /** The path that this request has upstream. */
  public String path() {
    return address.path(resourceType);
  }
}
