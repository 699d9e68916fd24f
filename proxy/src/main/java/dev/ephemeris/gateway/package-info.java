/**
 * The gateway. {@link dev.ephemeris.gateway.Gateway} is the map of the house: it wires every part
 * by constructors, in the order of a request's way.
 *
 * <ul>
 *   <li>{@code identity}: who is calling
 *   <li>{@code lease}: what they were given
 *   <li>{@code dataplane}: the way of a request to Cosmos DB
 *   <li>{@code journal}: what is on record
 *   <li>{@code metrics}, {@code management}: what is counted, and how the gateway is
 *   <li>{@code doctor}: what is wrong with it, and what to do
 *   <li>{@code api}, {@code cli}: how people and programs ask
 *   <li>{@code custody}, {@code store}: secrets and rows
 * </ul>
 */
@NullMarked
package dev.ephemeris.gateway;

import org.jspecify.annotations.NullMarked;
