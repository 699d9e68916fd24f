/** Tests of the command line, against a gateway and an issuer that are real. */
@NullMarked
package dev.ephemeris.gateway.cli;

import org.jspecify.annotations.NullMarked;
