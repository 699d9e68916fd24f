package dev.ephemeris.gateway.posture;

import dev.ephemeris.config.ResourceId;
import dev.ephemeris.gateway.custody.AccountInAzure;
import dev.ephemeris.gateway.custody.AzureRead;
import dev.ephemeris.gateway.lease.RoleNaming;
import dev.ephemeris.gateway.mint.OwnRoles;
import dev.ephemeris.policy.azure.AccountId;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/** Reads how accounts are set up in Azure, and judges it. Changes nothing. Thread-safe. */
public final class Examination {

  /** Whoever asks doesn't wait for ever; Azure's library tries for longer. */
  private static final long READ_WITHIN_SECONDS = 40;

  private final Function<ResourceId, AccountInAzure> azure;
  private final Supplier<List<RoleNaming>> namings;
  private final InstantSource clock;
  private volatile Map<String, Examined> accounts = Map.of();

  /** Guarded by this: one reading of an account at a time, however many ask. */
  private final Map<String, CompletableFuture<Posture>> running = new HashMap<>();

  private record Examined(
      Purpose purpose, AccountInAzure azure, OwnRoles own, Supplier<Future<Optional<UUID>>> self) {}

  /**
   * An account that is looked at.
   *
   * @param self which object in Entra ID the gateway is to it; may fail
   */
  public record Account(
      dev.ephemeris.config.Account settings, Supplier<Future<Optional<UUID>>> self) {}

  /**
   * @param azure the account there
   * @param namings what the gateway knows its own roles by
   */
  public Examination(
      Function<ResourceId, AccountInAzure> azure,
      Supplier<List<RoleNaming>> namings,
      InstantSource clock) {
    this.azure = azure;
    this.namings = namings;
    this.clock = clock;
  }

  /** Looks at these accounts from now on, and at no others. */
  public void become(List<Account> next) {
    Map<String, Examined> examined = new HashMap<>();
    for (Account account : next) {
      Purpose.of(account.settings())
          .ifPresent(
              purpose ->
                  examined.put(
                      purpose.account(),
                      new Examined(
                          purpose,
                          azure.apply(purpose.resource()),
                          new OwnRoles(AccountId.parse(purpose.resource().toString()), namings),
                          account.self())));
    }
    accounts = Map.copyOf(examined);
  }

  /**
   * What there is to say of an account now; empty if the configuration doesn't say where it is in
   * Azure. Doesn't fail for what Azure answers, or doesn't.
   */
  public Future<Optional<Posture>> of(String account) {
    Examined examined = accounts.get(account);
    if (examined == null) {
      return Future.succeededFuture(Optional.empty());
    }
    CompletableFuture<Posture> begun = begun(account, examined);
    Context caller = Vertx.currentContext();
    return (caller == null
            ? Future.fromCompletionStage(begun)
            : Future.fromCompletionStage(begun, caller))
        .map(Optional::of);
  }

  private synchronized CompletableFuture<Posture> begun(String account, Examined examined) {
    CompletableFuture<Posture> before = running.get(account);
    if (before != null && !before.isDone()) {
      return before;
    }
    CompletableFuture<Posture> begun = examine(examined);
    running.put(account, begun);
    return begun;
  }

  private CompletableFuture<Posture> examine(Examined examined) {
    AccountInAzure azure = examined.azure();
    var settings = read(azure::settings);
    var roles = read(azure::roles);
    var logs = read(azure::diagnosticSettings);
    CompletableFuture<Optional<UUID>> self =
        examined
            .self()
            .get()
            .otherwise(Optional.empty())
            .toCompletionStage()
            .toCompletableFuture()
            .completeOnTimeout(Optional.empty(), READ_WITHIN_SECONDS, TimeUnit.SECONDS);
    return CompletableFuture.allOf(settings, roles, logs, self)
        .thenApply(
            all ->
                Judgement.of(
                    examined.purpose(),
                    new Reading(
                        settings.join(), roles.join(), logs.join(), self.join(), clock.instant()),
                    examined.own()::isOwn));
  }

  private static <T> CompletableFuture<AzureRead<T>> read(Supplier<AzureRead<T>> call) {
    CompletableFuture<AzureRead<T>> read = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("account-check")
        .start(
            () -> {
              try {
                read.complete(call.get());
              } catch (RuntimeException | LinkageError e) {
                read.completeExceptionally(e);
              }
            });
    return read.completeOnTimeout(
        new AzureRead.Unknown<>(
            "Azure Resource Manager didn't answer within " + READ_WITHIN_SECONDS + " seconds",
            false),
        READ_WITHIN_SECONDS,
        TimeUnit.SECONDS);
  }
}
