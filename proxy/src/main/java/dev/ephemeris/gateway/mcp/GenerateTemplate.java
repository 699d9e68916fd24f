package dev.ephemeris.gateway.mcp;

import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.template.InvalidRequest;
import dev.ephemeris.gateway.template.Template;
import dev.ephemeris.gateway.template.TemplateKind;
import dev.ephemeris.gateway.template.TemplateRequest;
import dev.ephemeris.gateway.template.Templates;
import dev.ephemeris.policy.Policy;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes the files for a container and for access to it, as a proposal that people review. */
final class GenerateTemplate implements Tool {

  private final Grants grants;

  /** Those of a policy, which are costly to begin with. */
  private volatile @Nullable Made made;

  private record Made(Policy of, Templates templates) {}

  GenerateTemplate(Grants grants) {
    this.grants = grants;
  }

  @Override
  public String name() {
    return "generate_template";
  }

  @Override
  public Future<Answer> call(Agent agent, Arguments arguments) {
    try {
      return Answer.found(
          json(
              templates(grants.now().policy())
                  .make(
                      TemplateKind.parse(arguments.text("kind")),
                      TemplateRequest.parse(
                          arguments.json().getJsonObject("container").getMap()))));
    } catch (InvalidRequest invalid) {
      return Answer.refused(
          invalid.problems().stream()
              .map(InvalidRequest.Problem::toString)
              .collect(Collectors.joining("; ")));
    }
  }

  private Templates templates(Policy policy) {
    Made known = made;
    if (known == null || known.of() != policy) {
      known = new Made(policy, new Templates(policy.roles()));
      made = known;
    }
    return known.templates();
  }

  private static JsonObject json(Template template) {
    JsonArray files = new JsonArray();
    template
        .files()
        .forEach(
            file -> files.add(new JsonObject().put("name", file.name()).put("text", file.text())));
    return new JsonObject()
        .put("kind", template.kind().toString())
        .put("files", files)
        .put("notes", new JsonArray(template.notes()));
  }
}
