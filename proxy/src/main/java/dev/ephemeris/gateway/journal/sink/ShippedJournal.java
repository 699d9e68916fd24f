package dev.ephemeris.gateway.journal.sink;

import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A journal that takes nothing by which anybody gets anything while a sink lags that must not: what
 * nobody off this machine has seen would be done. What ends access it takes, and what became of
 * things.
 */
public final class ShippedJournal implements Journal {

  private final Journal journal;
  private final Sinks sinks;

  /** While the gateway starts nobody has access yet, and sinks can't have caught up. */
  private volatile boolean required;

  public ShippedJournal(Journal journal, Sinks sinks) {
    this.journal = journal;
    this.sinks = sinks;
  }

  /** From here on they have to keep up. */
  public void require() {
    required = true;
  }

  @Override
  public void append(JournalRecord record) throws JournalException {
    if (required && givesAccess(record) && !sinks.mayAppend()) {
      throw refused();
    }
    journal.append(record);
  }

  private static boolean givesAccess(JournalRecord record) {
    return switch (record) {
      case JournalRecord.SessionStarted r -> true;
      case JournalRecord.ClientRegistered r -> true;
      case JournalRecord.LeaseIssued r -> true;
      case JournalRecord.AccessRequested r -> false; // what comes of it is a lease, on record too
      case JournalRecord.AccessAnswered r -> false;
      case JournalRecord.AccessWithdrawn r -> false;
      case JournalRecord.AccessPickedUp r -> true;
      case JournalRecord.NotificationSent r -> false;
      case JournalRecord.NotificationFailed r -> false;
      case JournalRecord.LeaseRenewed r -> true;
      case JournalRecord.LeaseHandedOver r -> true;
      case JournalRecord.TokenMinted r -> true;
      case JournalRecord.RoleAssigned r -> true;
      case JournalRecord.RoleDefined r -> true;
      case JournalRecord.BlockLifted r -> true;
      case JournalRecord.RequestIntent r -> true;
      case JournalRecord.PolicyChanged r -> false; // or one that denies couldn't take effect
      case JournalRecord.ConfigurationChanged r -> false;
      case JournalRecord.CatalogFlawed r -> false;
      case JournalRecord.AccountChanged r -> false;
      case JournalRecord.SessionEnded r -> false;
      case JournalRecord.AccessEnded r -> false;
      case JournalRecord.AuthenticationFailed r -> false;
      case JournalRecord.LeaseRevoked r -> false;
      case JournalRecord.LeaseExpired r -> false;
      case JournalRecord.RoleUnassigned r -> false;
      case JournalRecord.RoleUndefined r -> false;
      case JournalRecord.Decision r -> false;
      case JournalRecord.OperationDecided r -> false; // each does more, with a record of its own
      case JournalRecord.RotationProgress r -> false;
      case JournalRecord.AccountPanicked r -> false;
      case JournalRecord.CanaryAsked r -> false;
      case JournalRecord.RootKeyAdded r -> false;
      case JournalRecord.RootKeyRevoked r -> false;
      case JournalRecord.RequestOutcome r -> false;
      case JournalRecord.OutcomeUnknown r -> false;
    };
  }

  private JournalException refused() {
    Optional<String> why = sinks.refusal();
    return new JournalException(why.orElse("The journal wasn't shipped as it must be just now."));
  }

  @Override
  public CompletionStage<@Nullable Void> settled() {
    return journal.settled();
  }

  @Override
  public void check() throws JournalException {
    if (required && !sinks.mayAppend()) {
      throw refused();
    }
    journal.check();
  }

  @Override
  public void close() throws JournalException {
    journal.close();
  }
}
