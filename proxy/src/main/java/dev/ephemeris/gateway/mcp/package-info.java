/**
 * The agents' door: an MCP server by whose tools an agent sees what it may reach, reads data, asks
 * for more, and is given leases.
 *
 * <pre>{@code
 * transport (the protocol) → AgentsDoor → Tool (one class each)
 *                                          ├─ AgentData → the data plane, as anybody comes to it
 *                                          └─ leases, access requests, grants
 * }</pre>
 *
 * <p>Whoever comes by it is an agent that acts for somebody, and what it may do is what both may.
 * What tools there are, and what they take and give, {@code tools.json} says. Values of data are in
 * structured content only: never in descriptions, nor in messages.
 */
@NullMarked
package dev.ephemeris.gateway.mcp;

import org.jspecify.annotations.NullMarked;
