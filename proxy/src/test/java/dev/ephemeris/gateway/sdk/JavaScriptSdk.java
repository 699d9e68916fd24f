package dev.ephemeris.gateway.sdk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The JavaScript SDK in a Node process, which is asked line by line. */
final class JavaScriptSdk implements SdkCall {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path FOLDER = Path.of("src", "test", "js");

  private final Process node;
  private final Writer questions;
  private final BufferedReader answers;
  private final Set<String> operations = new HashSet<>();

  /**
   * @param caCertificates a PEM file, trusted beside what Node trusts
   */
  JavaScriptSdk(Path caCertificates) throws IOException {
    ProcessBuilder process =
        new ProcessBuilder("node", "operations.mjs").directory(FOLDER.toFile());
    process.environment().put("NODE_EXTRA_CA_CERTS", caCertificates.toString());
    process.redirectError(ProcessBuilder.Redirect.INHERIT);
    node = process.start();
    questions = node.outputWriter(StandardCharsets.UTF_8);
    answers = node.inputReader(StandardCharsets.UTF_8);
    answer().path("operations").forEach(name -> operations.add(name.textValue()));
  }

  @Override
  public Set<String> operations() {
    return Set.copyOf(operations);
  }

  @Override
  public JsonNode run(String operation, Target target) throws IOException {
    return run(operation, target, target.isLease() ? "tokenProvider" : "key");
  }

  /**
   * @param option the client's option that takes the credential
   */
  JsonNode run(String operation, Target target, String option) throws IOException {
    ObjectNode credential = JSON.createObjectNode();
    if (option.equals("resourceTokens")) {
      String link = "dbs/" + target.database() + "/colls/" + target.container("orders");
      credential.putObject(option).put(link, target.credential());
    } else {
      credential.put(option, target.credential());
    }
    return run(operation, target, credential, Duration.ZERO);
  }

  /**
   * @param credential as {@code operations.mjs} takes it; the same one is the same client's
   * @param later what Node's clock is put forward by before
   */
  JsonNode run(String operation, Target target, ObjectNode credential, Duration later)
      throws IOException {
    ObjectNode question =
        JSON.createObjectNode()
            .<ObjectNode>set("headers", JSON.valueToTree(COMPARED_HEADERS))
            .put("operation", operation)
            .put("endpoint", target.endpoint().toString())
            .put("database", target.database())
            .put("prefix", target.prefix())
            .put("later", later.toMillis());
    question.set("credential", credential);
    questions.write(question + "\n");
    questions.flush();
    return answer();
  }

  private JsonNode answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("node has ended; what it said is above");
    }
    return JSON.readTree(line);
  }

  @Override
  public void close() throws IOException {
    questions.close(); // at the end of its input, it ends
    node.onExit()
        .orTimeout(10, TimeUnit.SECONDS)
        .exceptionally(late -> node.destroyForcibly())
        .join();
  }
}
