/**
 * The REST API, made from its contract: {@code openapi.yaml} says what there is, requests are
 * checked against it, and every operation in it has one handler here.
 */
@NullMarked
package dev.ephemeris.gateway.api;

import org.jspecify.annotations.NullMarked;
