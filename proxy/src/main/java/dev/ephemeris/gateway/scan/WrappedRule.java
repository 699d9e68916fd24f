package dev.ephemeris.gateway.scan;

import dev.ephemeris.gateway.credential.Ascii;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/** Connection strings in Base64, as a Kubernetes Secret has them. */
final class WrappedRule implements Rule {

  /** AccountKey= and a key are 99 bytes. */
  private static final int SHORTEST = 132;

  private static final int LONGEST = 1024;

  @Override
  public Optional<Sighting> look(Piece piece, int start, int end) {
    byte[] bytes = piece.bytes();
    if (start > 0 && Ascii.isBase64(bytes[start - 1])) {
      return Optional.empty();
    }
    int most = Math.min(piece.length(), start + LONGEST);
    int last = end;
    while (last < most && Ascii.isBase64(bytes[last])) {
      last++;
    }
    // One character more than four of them is no byte.
    last -= (last - start) % 4 == 1 ? 1 : 0;
    if (last - start < SHORTEST) {
      return Optional.empty();
    }
    byte[] wrapped = Base64.getDecoder().decode(Arrays.copyOfRange(bytes, start, last));
    try {
      // With room for more, so that it is all there is.
      byte[] buffer = new byte[wrapped.length + 1];
      return TextScan.of(new ByteArrayInputStream(wrapped), buffer, false)
          .flatMap(seen -> seen.findings().stream().findFirst())
          .map(inner -> new Sighting(start, inner.kind(), inner.of(), inner.fingerprint()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
