package dev.ephemeris.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ephemeris.config.Issuer;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The issuers that the gateway trusts. They are asked on one event loop, one after the other. */
public final class Issuers {

  private static final int MOST_TOLD = 100_000;

  private final Context context;
  private final Map<String, TrustedIssuer> byIssuer;
  private final Map<String, TrustedIssuer> byName;

  /** Logout tokens that were told: one that is told again would end what began since. */
  private final Cache<String, Boolean> told =
      Caffeine.newBuilder()
          .expireAfterWrite(TrustedIssuer.LOGOUT_IS_NEWS.multipliedBy(2))
          .maximumSize(MOST_TOLD)
          .build();

  /** These issuers. */
  public static Issuers of(Vertx vertx, List<Issuer> issuers, InstantSource clock) {
    return new Issuers(
        vertx.getOrCreateContext(),
        issuers.stream().map(issuer -> new TrustedIssuer(vertx, issuer, clock)).toList());
  }

  Issuers(Context context, List<TrustedIssuer> issuers) {
    this.context = context;
    this.byIssuer = by(TrustedIssuer::issuer, issuers);
    this.byName = by(issuer -> issuer.settings().name(), issuers);
  }

  private static Map<String, TrustedIssuer> by(
      Function<TrustedIssuer, String> key, List<TrustedIssuer> issuers) {
    return issuers.stream().collect(Collectors.toUnmodifiableMap(key, Function.identity()));
  }

  /** The one whose tokens have this {@code iss}. */
  Optional<TrustedIssuer> issuing(String iss) {
    return Optional.ofNullable(byIssuer.get(iss));
  }

  /** The one of this name. */
  Optional<TrustedIssuer> named(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** What a logout token of the issuer of this name says has ended. */
  public Future<Logout> logout(String name, String token) {
    Optional<TrustedIssuer> issuer = named(name);
    Optional<TokenHeader> header = TokenHeader.ofLogout(token);
    if (issuer.isEmpty() || header.isEmpty()) {
      return Future.succeededFuture(new Logout.Refused("it isn't a logout token"));
    }
    return ask(() -> issuer.get().verifyLogoutToken(token, header.get()))
        .map(
            verification ->
                switch (verification) {
                  case Verification.Verified<LogoutToken>(LogoutToken said) ->
                      told.asMap().putIfAbsent(name + ' ' + said.id(), true) == null
                          ? new Logout.Said(said)
                          : new Logout.Refused("it was told before");
                  case Verification.Refused<LogoutToken>(String reason) ->
                      new Logout.Refused(reason);
                  case Verification.NoKeys<LogoutToken>(String reason) ->
                      new Logout.Unavailable(reason);
                });
  }

  /** That it couldn't be acted on, so that it counts when it is told again. */
  public void untold(String name, LogoutToken said) {
    told.invalidate(name + ' ' + said.id());
  }

  /** What became of a logout token. */
  public sealed interface Logout {

    record Said(LogoutToken token) implements Logout {}

    record Refused(String reason) implements Logout {}

    /** Its issuer's keys can't be had. */
    record Unavailable(String reason) implements Logout {}
  }

  private static <T> Future<T> asked(Supplier<Future<T>> question) {
    try {
      return question.get();
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  /** Asks where issuers are asked; the answer comes where the caller runs. */
  <T> Future<T> ask(Supplier<Future<T>> question) {
    CompletableFuture<T> found = new CompletableFuture<>();
    context.runOnContext(
        here ->
            asked(question)
                .onComplete(
                    answer -> {
                      if (answer.succeeded()) {
                        found.complete(answer.result());
                      } else {
                        found.completeExceptionally(answer.cause());
                      }
                    }));
    Context caller = Vertx.currentContext();
    return caller == null
        ? Future.fromCompletionStage(found)
        : Future.fromCompletionStage(found, caller);
  }
}
