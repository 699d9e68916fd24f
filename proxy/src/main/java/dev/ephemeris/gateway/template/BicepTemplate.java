package dev.ephemeris.gateway.template;

import dev.ephemeris.gateway.template.Bicep.Param;
import dev.ephemeris.gateway.template.Bicep.Resource;
import dev.ephemeris.gateway.template.Indexing.CompositePath;
import dev.ephemeris.gateway.template.Indexing.Order;
import dev.ephemeris.gateway.template.Throughput.Autoscale;
import dev.ephemeris.gateway.template.Throughput.Manual;
import dev.ephemeris.gateway.template.Throughput.NotItsOwn;
import dev.ephemeris.gateway.template.Value.Call;
import dev.ephemeris.gateway.template.Value.Items;
import dev.ephemeris.gateway.template.Value.Joined;
import dev.ephemeris.gateway.template.Value.Properties;
import dev.ephemeris.gateway.template.Value.Reference;
import dev.ephemeris.gateway.template.Value.Text;
import dev.ephemeris.gateway.template.Value.Whole;
import dev.ephemeris.policy.Quoted;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A container in Bicep, in an account and a database that are there. */
final class BicepTemplate {
  // The newest that isn't a preview.
  private static final String API_VERSION = "2026-03-15";
  private static final String ACCOUNT = "Microsoft.DocumentDB/databaseAccounts";

  private static final String ACCOUNT_NAME = "accountName";
  private static final String AUTOSCALE = "autoscaleMaxThroughput";
  private static final String MANUAL = "throughput";
  private static final String GATEWAY = "gatewayPrincipalId";
  private static final Reference ACCOUNT_ID = new Reference("account.id");

  private BicepTemplate() {}

  static Template make(Proposal proposal) {
    Infrastructure asked = asked(proposal);
    String text = tree(asked).write(comments(proposal));
    Bicep read = Bicep.read(text);
    Infrastructure said = said(read);
    if (!said.equals(asked) || !tree(said).equals(read)) {
      throw new UnreadableTemplate("the file says something else than was asked");
    }
    List<String> notes = new ArrayList<>();
    notes.add(Infrastructure.THERE_ALREADY);
    if (asked.gatewayRole().isPresent()) {
      notes.add(Infrastructure.gatewayNote(GATEWAY));
    }
    return new Template(
        TemplateKind.BICEP, List.of(new Template.File(proposal.slug() + ".bicep", text)), notes);
  }

  static Infrastructure asked(Proposal proposal) {
    TemplateRequest request = proposal.request();
    return new Infrastructure(
        request.account(),
        Optional.empty(),
        Optional.of(new Infrastructure.Labels(request.environment(), request.owner().toString())),
        request.container().asSaid(),
        proposal.gatewayRole());
  }

  private static List<String> comments(Proposal proposal) {
    TemplateRequest request = proposal.request();
    return Infrastructure.comments(
        proposal,
        "disableLocalAuth: true",
        "az deployment group create --resource-group %s%s --template-file FILE"
            .formatted(
                request.resourceGroup().map(Quoted::shell).orElse("NAME"),
                request.subscription().map(id -> " --subscription " + id).orElse("")));
  }

  private static Bicep tree(Infrastructure said) {
    List<Param> params =
        said.parameters(ACCOUNT_NAME, AUTOSCALE, MANUAL, GATEWAY).stream()
            .map(
                each ->
                    new Param(
                        each.name(),
                        each.number() ? "int" : "string",
                        each.description(),
                        each.standard()))
            .toList();
    List<Resource> resources = new ArrayList<>();
    resources.add(
        new Resource(
            "account",
            type(""),
            true,
            Properties.with("name", new Reference(ACCOUNT_NAME)).done()));
    resources.add(
        new Resource(
            "database",
            type("/sqlDatabases"),
            true,
            Properties.with("parent", new Reference("account"))
                .and("name", said.container().database())
                .done()));
    resources.add(
        new Resource("container", type("/sqlDatabases/containers"), false, container(said)));
    said.gatewayRole()
        .ifPresent(
            role ->
                resources.add(
                    new Resource(
                        "gatewayRole",
                        type("/sqlRoleAssignments"),
                        false,
                        assignment(said, role))));
    return new Bicep(params, resources);
  }

  private static String type(String within) {
    return ACCOUNT + within + "@" + API_VERSION;
  }

  private static Properties container(Infrastructure said) {
    Container container = said.container();
    Infrastructure.Labels labels = said.labels().orElseThrow();
    Properties resource =
        Properties.with("id", new Text(container.name()))
            .and(
                "partitionKey",
                Properties.with("paths", Items.of(container.partitionKey()))
                    .and("kind", container.partitionKey().size() == 1 ? "Hash" : "MultiHash")
                    .and("version", new Whole(2))
                    .done())
            .and("defaultTtl", container.defaultTtl().map(Whole::new))
            .and("uniqueKeyPolicy", uniqueKeys(container.uniqueKeys()))
            .and("indexingPolicy", container.indexing().map(BicepTemplate::indexing))
            .done();
    return Properties.with("parent", new Reference("database"))
        .and("name", container.name())
        .and(
            "tags",
            Properties.with("environment", new Text(labels.environment()))
                .and("owner", labels.owner())
                .done())
        .and(
            "properties",
            Properties.with("resource", resource)
                .and("options", options(container.throughput()))
                .done())
        .done();
  }

  private static Optional<Properties> options(Throughput throughput) {
    return switch (throughput) {
      case NotItsOwn none -> Optional.empty();
      case Autoscale most ->
          Optional.of(
              Properties.with(
                      "autoscaleSettings",
                      Properties.with("maxThroughput", new Reference(AUTOSCALE)).done())
                  .done());
      case Manual units -> Optional.of(Properties.with("throughput", new Reference(MANUAL)).done());
    };
  }

  private static Optional<Properties> uniqueKeys(List<List<PropertyPath>> keys) {
    return keys.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Properties.with(
                    "uniqueKeys",
                    new Items(
                        keys.stream()
                            .<Value>map(each -> Properties.with("paths", Items.of(each)).done())
                            .toList()))
                .done());
  }

  private static Properties indexing(Indexing indexing) {
    return Properties.with("indexingMode", new Text("consistent"))
        .and("automatic", new Value.Flag(true))
        .and("includedPaths", paths(indexing.include()))
        .and("excludedPaths", paths(indexing.exclude()))
        .and(
            "compositeIndexes",
            indexing.composite().isEmpty()
                ? Optional.empty()
                : Optional.of(
                    new Items(
                        indexing.composite().stream().map(BicepTemplate::composite).toList())))
        .done();
  }

  /** Azure takes a list that isn't there for what it does by itself; so both are. */
  private static Items paths(List<IndexPath> paths) {
    return new Items(
        paths.stream()
            .<Value>map(each -> Properties.with("path", new Text(each.text())).done())
            .toList());
  }

  private static Value composite(List<CompositePath> paths) {
    return new Items(
        paths.stream()
            .<Value>map(
                each ->
                    Properties.with("path", new Text(each.path().text()))
                        .and("order", each.order().toString())
                        .done())
            .toList());
  }

  private static Properties assignment(Infrastructure said, UUID role) {
    return Properties.with("parent", new Reference("account"))
        .and(
            "name",
            new Call(
                "guid",
                List.of(
                    ACCOUNT_ID,
                    new Reference(GATEWAY),
                    new Text(said.path()),
                    new Text(role.toString()))))
        .and(
            "properties",
            Properties.with("principalId", new Reference(GATEWAY))
                .and("roleDefinitionId", Infrastructure.role(ACCOUNT_ID, role))
                .and("scope", new Joined(ACCOUNT_ID, said.path()))
                .done())
        .and("dependsOn", new Items(List.of(new Reference("container"))))
        .done();
  }

  /** What a file says that is made so. */
  static Infrastructure said(Bicep file) {
    Properties body =
        resource(file, "container").orElseThrow(UnreadableTemplate::incomplete).body();
    Value resource = body.at("properties", "resource");
    Optional<Value> options = body.at("properties").find("options");
    Throughput throughput =
        options.isEmpty()
            ? NotItsOwn.SHARED
            : options.get().find("autoscaleSettings").isPresent()
                ? new Autoscale((int) standard(file, AUTOSCALE).number())
                : new Manual((int) standard(file, MANUAL).number());
    return new Infrastructure(
        standard(file, ACCOUNT_NAME).text(),
        Optional.empty(),
        Optional.of(
            new Infrastructure.Labels(
                body.at("tags", "environment").text(), body.at("tags", "owner").text())),
        new Container(
            resource(file, "database")
                .orElseThrow(UnreadableTemplate::incomplete)
                .body()
                .at("name")
                .text(),
            resource.at("id").text(),
            PropertyPath.read(resource.at("partitionKey", "paths")),
            throughput,
            resource.find("defaultTtl").map(value -> (int) value.number()),
            resource
                .find("uniqueKeyPolicy")
                .map(
                    policy ->
                        policy.at("uniqueKeys").items().stream()
                            .map(each -> PropertyPath.read(each.at("paths")))
                            .toList())
                .orElse(List.of()),
            resource.find("indexingPolicy").map(BicepTemplate::saidIndexing)),
        resource(file, "gatewayRole")
            .map(
                role -> Infrastructure.readRole(role.body().at("properties", "roleDefinitionId"))));
  }

  private static Indexing saidIndexing(Value policy) {
    return new Indexing(
        indexPaths(policy.at("includedPaths")),
        indexPaths(policy.at("excludedPaths")),
        policy
            .find("compositeIndexes")
            .map(
                lists ->
                    lists.items().stream()
                        .map(
                            list ->
                                list.items().stream()
                                    .map(
                                        each ->
                                            new CompositePath(
                                                new PropertyPath(each.at("path").text()),
                                                Order.parse(each.at("order").text())))
                                    .toList())
                        .toList())
            .orElse(List.of()));
  }

  private static List<IndexPath> indexPaths(Value paths) {
    return paths.items().stream().map(each -> new IndexPath(each.at("path").text())).toList();
  }

  private static Optional<Resource> resource(Bicep file, String symbol) {
    return file.resources().stream().filter(each -> each.symbol().equals(symbol)).findFirst();
  }

  private static Value standard(Bicep file, String param) {
    return file.params().stream()
        .filter(each -> each.name().equals(param))
        .findFirst()
        .flatMap(Param::standard)
        .orElseThrow(UnreadableTemplate::incomplete);
  }
}
