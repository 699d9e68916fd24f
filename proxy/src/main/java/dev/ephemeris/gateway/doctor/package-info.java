/**
 * What is right and wrong with a gateway, and what to do about it: {@code ephemeris doctor}. Each
 * {@link dev.ephemeris.gateway.doctor.Finding} is of one part; those who own the part look for
 * theirs.
 */
@NullMarked
package dev.ephemeris.gateway.doctor;

import org.jspecify.annotations.NullMarked;
