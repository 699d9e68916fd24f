package dev.ephemeris.gateway.template;

import dev.ephemeris.policy.GroupRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A software template of Backstage: a form that asks for a container, and a pull request with its
 * infrastructure, its rule with the test, and the entity that says whose it is.
 *
 * <p>What the form asks for, the names and the owner, is filled in by the scaffolder; everything
 * else is as it was asked for here. The form takes nothing that means anything in one of the files'
 * languages, so that what is filled in stays a name there.
 */
final class BackstageTemplate {
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,99}";
  private static final String PATH = "(/[A-Za-z_][A-Za-z0-9_-]{0,49}){1,4}";
  private static final String OWNER = "group:[a-z0-9][a-z0-9._-]{0,62}/[a-z0-9][a-z0-9._-]{0,62}";
  private static final String FILE = "[a-z0-9]+(-[a-z0-9]+)*";
  private static final int LONGEST_FILE = 63;

  private static final String FILES_STEP = "fetch:template";
  private static final String PUBLISH_STEP = "publish:github:pull-request";
  private static final String SCOPES = "ephemeris.dev/scopes";

  private BackstageTemplate() {}

  static Template make(Proposal proposal, BackstageSchema schema) {
    TemplateRequest request = proposal.request();
    Map<String, String> asked = asked(proposal);
    requireForm(request);
    List<Template.File> files = new ArrayList<>();
    files.add(new Template.File("template.yaml", entity(proposal, asked, schema)));
    Marked marked = Marked.of(proposal, asked);
    addSkeleton(files, marked, asked, infrastructure(proposal), infrastructure(marked.proposal()));
    addSkeleton(
        files,
        marked,
        asked,
        named("policy/", PolicyTemplate.make(proposal)),
        named("policy/", PolicyTemplate.make(marked.proposal())));
    addSkeleton(
        files,
        marked,
        asked,
        catalog(proposal, proposal.slug(), schema),
        catalog(marked.proposal(), marked.name(), schema));
    return new Template(
        TemplateKind.BACKSTAGE,
        files,
        List.of(
            "It opens pull requests at GitHub; elsewhere the step publish is another action with"
                + " the same files, such as publish:gitlab:merge-request.",
            "Whoever merges the pull request decides: the entity gives its owner what rules give to"
                + " owners, and the rule is in force once it is among the policy's files.",
            "The gateway counts the entity if the catalog's origin of the repository is one of its"
                + " configuration's."));
  }

  /** What the form asks for, with what was asked for here. */
  private static Map<String, String> asked(Proposal proposal) {
    TemplateRequest request = proposal.request();
    Map<String, String> asked = new LinkedHashMap<>();
    asked.put("name", proposal.slug());
    asked.put("database", request.container().database());
    asked.put("container", request.container().name());
    List<PropertyPath> key = request.container().partitionKey();
    for (int i = 0; i < key.size(); i++) {
      asked.put(level(i), key.get(i).text());
    }
    asked.put("owner", request.owner().toString());
    return asked;
  }

  private static String level(int i) {
    return "partitionKey" + (i + 1);
  }

  /** A form takes no more than what is a name in each of the files. */
  private static void requireForm(TemplateRequest request) {
    requireForm("database", NAME, request.container().database());
    requireForm("container", NAME, request.container().name());
    request
        .container()
        .partitionKey()
        .forEach(key -> requireForm("partitionKey", PATH, key.text()));
  }

  private static void requireForm(String field, String form, String value) {
    if (!Pattern.matches(form, value)) {
      throw new InvalidRequest(
          field,
          "Backstage's form takes only plain names here: letters, digits, hyphens, underscores and"
              + " full stops, fewer than a hundred");
    }
  }

  private static String entity(
      Proposal proposal, Map<String, String> asked, BackstageSchema schema) {
    Map<String, Object> tree = tree(proposal, asked);
    String text =
        Yaml.write(
            List.of(
                "Proposed by Ephemeris, to be reviewed: a form for containers such as this one,",
                "which opens a pull request with its infrastructure, its rule and its entity."),
            tree);
    Map<String, Object> read = Yaml.read(text);
    schema.requireTemplate(read);
    if (!read.equals(tree) || !defaults(read).equals(asked)) {
      throw new UnreadableTemplate("the form says something else than was asked");
    }
    return text;
  }

  private static Map<String, Object> tree(Proposal proposal, Map<String, String> asked) {
    TemplateRequest request = proposal.request();
    Map<String, Object> values = new LinkedHashMap<>();
    asked.keySet().forEach(name -> values.put(name, "${{ parameters." + name + " }}"));
    return object(
        "apiVersion",
        "scaffolder.backstage.io/v1beta3",
        "kind",
        "Template",
        "metadata",
        object(
            "name", "cosmos-container-" + request.account(),
            "title", "A container in " + request.account(),
            "description",
                "Opens a pull request with a container of Cosmos DB in "
                    + request.account()
                    + " and with its owner's access through Ephemeris",
            "tags", List.of("cosmos-db", "ephemeris")),
        "spec",
        object(
            "owner",
            request.owner().toString(),
            "type",
            "resource",
            "parameters",
            List.of(
                object(
                    "title",
                    "The container",
                    "required",
                    List.copyOf(asked.keySet()),
                    "properties",
                    properties(asked)),
                object(
                    "title",
                    "Where the pull request goes",
                    "required",
                    List.of("repoUrl"),
                    "properties",
                    object(
                        "repoUrl",
                        object(
                            "title",
                            "Repository",
                            "type",
                            "string",
                            "ui:field",
                            "RepoUrlPicker")))),
            "steps",
            List.of(
                object(
                    "id",
                    "files",
                    "name",
                    "Fill in the files",
                    "action",
                    FILES_STEP,
                    "input",
                    object("url", "./skeleton", "values", values)),
                object(
                    "id",
                    "publish",
                    "name",
                    "Open a pull request",
                    "action",
                    PUBLISH_STEP,
                    "input",
                    object(
                        "repoUrl",
                        "${{ parameters.repoUrl }}",
                        "branchName",
                        "ephemeris/${{ parameters.name }}",
                        "title",
                        "Container ${{ parameters.container }} in " + request.account(),
                        "description",
                        "A container with its owner's access through Ephemeris, to be"
                            + " reviewed."))),
            "output",
            object(
                "links",
                List.of(
                    object(
                        "title", "Pull request",
                        "url", "${{ steps.publish.output.remoteUrl }}")))));
  }

  private static Map<String, Object> properties(Map<String, String> asked) {
    Map<String, Object> properties = new LinkedHashMap<>();
    asked.forEach(
        (name, value) -> {
          Map<String, Object> property = new LinkedHashMap<>();
          property.put("title", title(name));
          property.put("type", "string");
          property.put("pattern", "^" + form(name) + "$");
          if (name.equals("name")) {
            property.put("maxLength", LONGEST_FILE);
          }
          property.put("default", value);
          if (name.equals("owner")) {
            property.put("ui:field", "OwnerPicker");
            property.put("ui:options", Map.of("catalogFilter", Map.of("kind", List.of("Group"))));
          }
          properties.put(name, property);
        });
    return properties;
  }

  private static String title(String name) {
    return switch (name) {
      case "name" -> "What the files and the entity are called";
      case "database" -> "Database, which is there already";
      case "container" -> "Container";
      case "owner" -> "Owner";
      default -> "Partition key, level " + name.substring(name.length() - 1);
    };
  }

  private static String form(String name) {
    return switch (name) {
      case "name" -> FILE;
      case "database", "container" -> NAME;
      case "owner" -> OWNER;
      default -> PATH;
    };
  }

  /** What a form proposes, by field. */
  private static Map<String, String> defaults(Map<String, Object> template) {
    Map<String, String> defaults = new LinkedHashMap<>();
    if (template.get("spec") instanceof Map<?, ?> spec
        && spec.get("parameters") instanceof List<?> pages
        && pages.getFirst() instanceof Map<?, ?> page
        && page.get("properties") instanceof Map<?, ?> properties) {
      properties.forEach(
          (name, property) -> {
            if (property instanceof Map<?, ?> map) {
              defaults.put(String.valueOf(name), String.valueOf(map.get("default")));
            }
          });
    }
    return defaults;
  }

  private static List<Template.File> infrastructure(Proposal proposal) {
    return named(
        "infrastructure/",
        proposal.request().infrastructure() == TemplateKind.TERRAFORM
            ? TerraformTemplate.make(proposal)
            : BicepTemplate.make(proposal));
  }

  private static List<Template.File> named(String folder, Template made) {
    return made.files().stream()
        .map(
            file ->
                new Template.File(
                    folder
                        + Nunjucks.value("name")
                        + file.name().substring(file.name().indexOf('.')),
                    file.text()))
        .toList();
  }

  private static List<Template.File> catalog(
      Proposal proposal, String name, BackstageSchema schema) {
    TemplateRequest request = proposal.request();
    Map<String, Object> tree =
        object(
            "apiVersion",
            "backstage.io/v1alpha1",
            "kind",
            "Resource",
            "metadata",
            object(
                // Whatever the form is filled in with, it stays a text.
                "name",
                new Yaml.InQuotes(name),
                "annotations",
                object(SCOPES, request.scope().toString())),
            "spec",
            object("type", "cosmos-container", "owner", request.owner().toString()));
    String text =
        Yaml.write(List.of("Says whose the container is: rules for owners go by it."), tree);
    Map<String, Object> read = Yaml.read(text);
    schema.requireResource(read);
    if (!(read.get("metadata") instanceof Map<?, ?> metadata
        && metadata.get("annotations") instanceof Map<?, ?> annotations
        && annotations.equals(Map.of(SCOPES, request.scope().toString()))
        && read.get("spec") instanceof Map<?, ?> spec
        && request.owner().toString().equals(spec.get("owner")))) {
      throw new UnreadableTemplate("the entity says something else than was asked");
    }
    return List.of(new Template.File("catalog/" + Nunjucks.value("name") + ".yaml", text));
  }

  /** Files with places to fill in, which give what was asked for if the form is left as it is. */
  private static void addSkeleton(
      List<Template.File> files,
      Marked marked,
      Map<String, String> asked,
      List<Template.File> plain,
      List<Template.File> withMarks) {
    for (int i = 0; i < plain.size(); i++) {
      String text = marked.skeleton(withMarks.get(i).text());
      if (!Nunjucks.render(text, asked).equals(plain.get(i).text())) {
        throw new UnreadableTemplate("filled in, a file says something else than was asked");
      }
      files.add(new Template.File("skeleton/" + plain.get(i).name(), text));
    }
  }

  /**
   * The same container by names that stand nowhere else in the request, so that they show where a
   * name is to be filled in.
   *
   * @param marks by the name of the value
   */
  private record Marked(Proposal proposal, String name, Map<String, String> marks) {

    static Marked of(Proposal proposal, Map<String, String> asked) {
      String everything = proposal.toString().toLowerCase(Locale.ROOT);
      int unused = 0;
      while (everything.contains("zq" + unused)) {
        unused++;
      }
      String prefix = "zq" + unused;
      List<PropertyPath> key = new ArrayList<>();
      Map<String, String> marks = new LinkedHashMap<>();
      GroupRef owner = GroupRef.parse("group:default/" + prefix + "owner");
      for (String each : asked.keySet()) {
        if (each.startsWith("partitionKey")) {
          key.add(new PropertyPath("/" + prefix + each));
          marks.put(each, "/" + prefix + each);
        } else {
          marks.put(each, each.equals("owner") ? owner.toString() : prefix + each);
        }
      }
      TemplateRequest request =
          proposal.request().of(prefix + "database", prefix + "container", key, owner);
      return new Marked(proposal.of(request), prefix + "name", marks);
    }

    String skeleton(String text) {
      String skeleton = Nunjucks.literal(text);
      for (Map.Entry<String, String> each : marks.entrySet()) {
        skeleton = skeleton.replace(each.getValue(), Nunjucks.value(each.getKey()));
      }
      return skeleton;
    }
  }

  /** A map in the order in which it is written. */
  private static Map<String, Object> object(Object... keysAndValues) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      object.put(String.valueOf(keysAndValues[i]), keysAndValues[i + 1]);
    }
    return object;
  }
}
