/**
 * How an account is set up in Azure, judged against what it is for: {@code ephemeris account
 * check}.
 *
 * <pre>{@code
 * Examination ──► AccountInAzure (custody: what Azure shows)
 *      └────────► Judgement (pure: what was read, the account's lanes) ──► Finding ──► Fixes
 * }</pre>
 */
@NullMarked
package dev.ephemeris.gateway.posture;

import org.jspecify.annotations.NullMarked;
