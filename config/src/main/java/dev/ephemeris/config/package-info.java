/**
 * The gateway's configuration, {@code ephemeris.yaml}, as records.
 *
 * <p>{@link Configuration} is the file; {@link Account}, {@link Issuer} and its other records are
 * the file's sections. What a record says of itself holds: a configuration that was read is valid.
 *
 * <pre>{@code
 * Configuration configuration = Configuration.read(Path.of("ephemeris.yaml"));
 * for (Account account : configuration.accounts()) {
 *   connect(account.name(), account.endpoint());
 * }
 * }</pre>
 *
 * <p>The JSON Schemas for editors, {@code ephemeris.schema.json} and {@code policy.schema.json},
 * are resources of this package.
 */
@NullMarked
package dev.ephemeris.config;

import org.jspecify.annotations.NullMarked;
