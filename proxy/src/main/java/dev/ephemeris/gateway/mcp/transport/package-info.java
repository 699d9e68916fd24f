/**
 * The Model Context Protocol over HTTP: its “streamable HTTP” (revision 2025-11-25), for the
 * protocol's official Java SDK, on Vert.x.
 *
 * <pre>
 *   POST   ─→ Admission ─→ MessageReader ─┬─ initialize ─→ OpenSessions: a new McpSession
 *   GET    ─→ (Host, Origin,  (one strict ├─ a request ──→ Exchange ─→ JSON, or an EventStream
 *   DELETE ─→  version, …)     message)   └─ the rest ───→ the session's SDK
 *                                                                        │
 *            SseConnection  ←──────────── EventLog: what was sent, as far back as there is room
 * </pre>
 *
 * <ul>
 *   <li><b>A session belongs to the caller who began it.</b> Its id finds it only together with the
 *       caller's: somebody else's session is looked up, and missed, as one that never was. The id
 *       authenticates nobody; who calls is asked anew with each request.
 *   <li><b>A stream outlives its connections.</b> What it sends is in the session's log, and each
 *       connection reads there from where its client left off. So a client that comes back with
 *       {@code Last-Event-ID} goes on where it was, and a server may send it away for a while. A
 *       slow reader holds up whoever writes to it, and later loses its connection; it costs no
 *       memory beyond the log's, whose size is bounded.
 *   <li><b>Threads.</b> Each request is answered, and what it calls goes on, in the Vert.x context
 *       that it came in; nothing here blocks. What sessions share is guarded by locks that are held
 *       for moments, while nothing foreign is called.
 * </ul>
 *
 * <p>Batches, which revision 2025-03-26 had and 2025-06-18 took back, are refused in all of them.
 */
@NullMarked
package dev.ephemeris.gateway.mcp.transport;

import org.jspecify.annotations.NullMarked;
