/**
 * Signing in by the gateway: people sign in at their issuer, and clients of the gateway's get
 * tokens of its own. For those it is an authorization server (OAuth 2.1): the command line, and
 * applications that register themselves.
 *
 * <pre>{@code
 * AuthorizationServer: what there is, and where
 *    SignInPages     /sign-in/…   browser ──► issuer ──► browser, with a cookie
 *    AuthorizeEndpoint  /oauth/authorize ──► consent ──► a code for the client
 *    DeviceEndpoint  /oauth/device, /device   a command line on a machine without a browser (RFC 8628)
 *    TokenEndpoint   /oauth/token   codes and refresh tokens ──► tokens
 *    RegisterEndpoint  /oauth/register   (RFC 7591)
 *    Browsers: cookies, forms that nobody else can have sent
 *    Pages: what people see
 * }</pre>
 */
@NullMarked
package dev.ephemeris.gateway.oauth;

import org.jspecify.annotations.NullMarked;
