/**
 * Records in the words of the Open Cybersecurity Schema Framework, for tools that collect events of
 * many products.
 *
 * <pre>{@code
 * Ocsf ocsf = new Ocsf("gateway-0");          // the journal's name
 * ObjectNode event = ocsf.event(entry);       // one event for each entry
 * }</pre>
 */
@NullMarked
package dev.ephemeris.gateway.journal.ocsf;

import org.jspecify.annotations.NullMarked;
