/**
 * {@code ephemeris demo}: the gateway with a whole world around it in one process, bound to
 * loopback, and a tour of it through its public interfaces with the real Cosmos SDK.
 *
 * <pre>{@code
 * Demo (the command) ── DemoWorld: certificate, simulator, issuer, configuration, Gateway
 *                   ├── ReadyFile: where everything is, for scripts
 *                   └── Tour: the story, step by step, each with what should come of it
 * }</pre>
 *
 * <p>Not in the distribution: people here sign in without a password.
 */
@NullMarked
package dev.ephemeris.demo;

import org.jspecify.annotations.NullMarked;
