/**
 * Ships the journal elsewhere: entries and checkpoints, at least once each, to files, the standard
 * output, OTLP collectors, Kafka's brokers, Azure Blob Storage and webhooks.
 *
 * <pre>{@code
 * Sinks sinks = Sinks.open(log, settings, entries, folder.resolve("sinks"), surroundings);
 * sinks.start();
 * …
 * sinks.sealed();                   // there is more
 * journal = new ShippedJournal(journal, sinks);  // opens nothing while a required sink lags
 * retention.keepFrom(sinks.neededFrom());
 * }</pre>
 *
 * <p>What is shipped is read from {@link dev.ephemeris.gateway.journal.SealedEntries}; what sinks
 * sign in with comes by {@link dev.ephemeris.gateway.journal.sink.SinkAccess}, as secrets are in
 * custody.
 */
@NullMarked
package dev.ephemeris.gateway.journal.sink;

import org.jspecify.annotations.NullMarked;
