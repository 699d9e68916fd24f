package dev.ephemeris.loadtests;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * nginx with nothing to do but pass on: TLS in, TLS out, connections kept on both sides, no log,
 * one worker. What the gateway is compared with.
 */
record ServedNginx(ServedProcess process, URI endpoint) {

  /** nginx doesn't look at its standard input: a shell does for it. */
  private static final String UNTIL_INPUT_ENDS =
      "nginx -c \"$1\" -e stderr -g 'daemon off;' & cat; kill $!; wait $!";

  static ServedNginx start(int core, Path directory, URI upstream)
      throws IOException, InterruptedException {
    int port = freePort();
    Path configuration = directory.resolve("nginx.conf");
    Files.writeString(
        configuration,
        template()
            .replace("${directory}", directory.toString())
            .replace("${port}", String.valueOf(port))
            .replace("${upstream}", upstream.getAuthority()));
    ServedProcess process =
        ServedProcess.start(
            core, List.of("sh", "-c", UNTIL_INPUT_ENDS, "nginx", configuration.toString()));
    awaitListening(port);
    return new ServedNginx(process, URI.create("https://localhost:" + port + "/"));
  }

  private static String template() throws IOException {
    try (InputStream in = ServedNginx.class.getResourceAsStream("nginx.conf")) {
      if (in == null) {
        throw new IllegalStateException("nginx.conf is missing from the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
    }
  }

  private static void awaitListening(int port) throws IOException, InterruptedException {
    for (int attempt = 0; attempt < 100; attempt++) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return;
      } catch (IOException notYet) {
        Thread.sleep(100);
      }
    }
    throw new IOException(
        "nginx doesn't listen; is it installed (scripts/install-load-tests-debian.sh)?");
  }
}
