/** The wire of Azure Cosmos DB for NoSQL as data. */
@NullMarked
package dev.ephemeris.cosmos;

import org.jspecify.annotations.NullMarked;
