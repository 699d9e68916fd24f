package dev.ephemeris.gateway.custody;

import com.google.errorprone.annotations.RestrictedApi;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A text that lets in whoever has it. It doesn't print itself, no library finds anything in it to
 * serialise, and only code that says why, by {@link Reveals}, compiles if it reads it. Immutable
 * and safe to share.
 */
public final class Secret {

  private final String text;

  public Secret(String text) {
    this.text = text;
  }

  /** The text itself. */
  @RestrictedApi(
      explanation = "whoever reads a secret says why, where reviewers look for it",
      allowlistAnnotations = {Reveals.class})
  public String reveal() {
    return text;
  }

  /** Whether the other is the same; takes as long whether it is or not. */
  public boolean isSameAs(Secret other) {
    return MessageDigest.isEqual(
        text.getBytes(StandardCharsets.UTF_8), other.text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "Secret[…]";
  }
}
