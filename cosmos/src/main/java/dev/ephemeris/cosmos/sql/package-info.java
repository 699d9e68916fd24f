/**
 * The query language of Azure Cosmos DB for NoSQL as a typed tree. What can be read in two ways, or
 * isn't known, is a {@link dev.ephemeris.cosmos.sql.SyntaxError}, never a guess, so that whoever
 * decides by the tree decides by what the service would run.
 *
 * <pre>{@code
 * text ── Query.parse ──► Query        (Selection, From, Expression…, each with its Span in the text)
 *                    └──► SyntaxError  (code, place, message: the service's own shape)
 * Query ── text() ──────► text that parses to an equal Query
 * }</pre>
 *
 * <p>The public types are {@link dev.ephemeris.cosmos.sql.Query}, {@link
 * dev.ephemeris.cosmos.sql.Selection}, {@link dev.ephemeris.cosmos.sql.From}, {@link
 * dev.ephemeris.cosmos.sql.Expression}, {@link dev.ephemeris.cosmos.sql.Function} and {@link
 * dev.ephemeris.cosmos.sql.SyntaxError}; all are immutable.
 */
@NullMarked
package dev.ephemeris.cosmos.sql;

import org.jspecify.annotations.NullMarked;
