/**
 * Certificates for this machine: a private authority, made anew each time, that vouches for
 * loopback names only.
 *
 * <pre>{@code
 * var certificate = LoopbackCertificate.create(directory);
 * var options = new PemKeyCertOptions()
 *     .setCertPath(certificate.certificate().toString())
 *     .setKeyPath(certificate.privateKey().toString());
 * // clients: trust certificate.authority(), or -Djavax.net.ssl.trustStore=<certificate.trustStore()>
 * }</pre>
 *
 * <p>Start reading at {@link dev.ephemeris.simulator.tls.LoopbackCertificate}; {@link
 * dev.ephemeris.simulator.tls.LoopbackNames} resolves the names.
 */
@NullMarked
package dev.ephemeris.simulator.tls;

import org.jspecify.annotations.NullMarked;
