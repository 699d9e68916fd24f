package dev.ephemeris.gateway.template;

import dev.ephemeris.gateway.template.Hcl.Block;
import dev.ephemeris.gateway.template.Indexing.CompositePath;
import dev.ephemeris.gateway.template.Indexing.Order;
import dev.ephemeris.gateway.template.Throughput.Autoscale;
import dev.ephemeris.gateway.template.Throughput.Manual;
import dev.ephemeris.gateway.template.Throughput.NotItsOwn;
import dev.ephemeris.gateway.template.Value.Items;
import dev.ephemeris.gateway.template.Value.Joined;
import dev.ephemeris.gateway.template.Value.Properties;
import dev.ephemeris.gateway.template.Value.Reference;
import dev.ephemeris.gateway.template.Value.Text;
import dev.ephemeris.gateway.template.Value.Whole;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * A container in Terraform, by the provider azurerm, in an account and a database that are there.
 */
final class TerraformTemplate {
  private static final String CONTAINER = "azurerm_cosmosdb_sql_container";
  private static final String ASSIGNMENT = "azurerm_cosmosdb_sql_role_assignment";
  private static final String ACCOUNT = "data.azurerm_cosmosdb_account.account";

  private static final String RESOURCE_GROUP = "resource_group_name";
  private static final String ACCOUNT_NAME = "account_name";
  private static final String AUTOSCALE = "autoscale_max_throughput";
  private static final String MANUAL = "throughput";
  private static final String GATEWAY = "gateway_principal_id";
  private static final Reference ACCOUNT_ID = new Reference(ACCOUNT + ".id");

  private TerraformTemplate() {}

  static Template make(Proposal proposal) {
    Infrastructure asked = asked(proposal);
    String text = tree(asked).write(comments(proposal));
    Hcl read = Hcl.read(text);
    Infrastructure said = said(read);
    if (!said.equals(asked) || !tree(said).equals(read)) {
      throw new UnreadableTemplate("the file says something else than was asked");
    }
    List<String> notes = new ArrayList<>();
    notes.add(Infrastructure.THERE_ALREADY);
    notes.add(
        "The provider azurerm, with its subscription, is set up by the configuration that the"
            + " file goes into.");
    if (asked.gatewayRole().isPresent()) {
      notes.add(Infrastructure.gatewayNote(GATEWAY));
    }
    return new Template(
        TemplateKind.TERRAFORM, List.of(new Template.File(proposal.slug() + ".tf", text)), notes);
  }

  static Infrastructure asked(Proposal proposal) {
    TemplateRequest request = proposal.request();
    return new Infrastructure(
        request.account(),
        request.resourceGroup(),
        Optional.empty(), // the provider has no tags for containers
        request.container().asSaid(),
        proposal.gatewayRole());
  }

  private static List<String> comments(Proposal proposal) {
    TemplateRequest request = proposal.request();
    return Infrastructure.comments(
        proposal,
        "disableLocalAuth on",
        "The configuration that it goes into has the provider"
            + request.subscription().map(id -> ", for subscription " + id).orElse("")
            + ".");
  }

  private static Hcl tree(Infrastructure said) {
    List<Block> blocks = new ArrayList<>();
    blocks.add(
        Block.of(
            "terraform",
            Properties.with().done(),
            Block.of(
                "required_providers",
                Properties.with(
                        "azurerm",
                        Properties.with("source", new Text("hashicorp/azurerm"))
                            .and("version", "~> 4.0")
                            .done())
                    .done())));
    blocks.add(
        variable(
            RESOURCE_GROUP,
            "The resource group of the account.",
            "string",
            said.resourceGroup().map(Text::new)));
    said.parameters(ACCOUNT_NAME, AUTOSCALE, MANUAL, GATEWAY)
        .forEach(
            each ->
                blocks.add(
                    variable(
                        each.name(),
                        each.description(),
                        each.number() ? "number" : "string",
                        each.standard())));
    blocks.add(
        new Block(
            "data",
            List.of("azurerm_cosmosdb_account", "account"),
            Properties.with("name", new Reference("var." + ACCOUNT_NAME))
                .and(RESOURCE_GROUP, new Reference("var." + RESOURCE_GROUP))
                .done(),
            List.of()));
    blocks.add(container(said.container()));
    said.gatewayRole().ifPresent(role -> blocks.add(assignment(said, role)));
    return new Hcl(blocks);
  }

  private static Block variable(
      String name, String description, String type, Optional<? extends Value> standard) {
    return new Block(
        "variable",
        List.of(name),
        Properties.with("description", new Text(description))
            .and("type", new Reference(type))
            .and("default", standard)
            .done(),
        List.of());
  }

  private static Block container(Container container) {
    Properties attributes =
        inAccount(Properties.with("name", new Text(container.name())))
            .and("database_name", container.database())
            .and("partition_key_paths", Items.of(container.partitionKey()))
            .and("partition_key_kind", container.partitionKey().size() == 1 ? "Hash" : "MultiHash")
            .and("partition_key_version", new Whole(2))
            .and(
                "throughput",
                container.throughput() instanceof Manual
                    ? Optional.of(new Reference("var." + MANUAL))
                    : Optional.empty())
            .and("default_ttl", container.defaultTtl().map(Whole::new))
            .done();
    List<Block> blocks = new ArrayList<>();
    if (container.throughput() instanceof Autoscale) {
      blocks.add(
          Block.of(
              "autoscale_settings",
              Properties.with("max_throughput", new Reference("var." + AUTOSCALE)).done()));
    }
    container
        .uniqueKeys()
        .forEach(
            key ->
                blocks.add(Block.of("unique_key", Properties.with("paths", Items.of(key)).done())));
    container.indexing().ifPresent(indexing -> blocks.add(indexing(indexing)));
    return new Block("resource", List.of(CONTAINER, "container"), attributes, blocks);
  }

  /** Where the account is, by what Azure says of it: so nothing is made in one that isn't there. */
  private static Value.Builder inAccount(Value.Builder properties) {
    return properties
        .and(RESOURCE_GROUP, new Reference(ACCOUNT + "." + RESOURCE_GROUP))
        .and(ACCOUNT_NAME, new Reference(ACCOUNT + ".name"));
  }

  private static Block indexing(Indexing indexing) {
    List<Block> blocks = new ArrayList<>();
    indexing.include().forEach(path -> blocks.add(path("included_path", path)));
    indexing.exclude().forEach(path -> blocks.add(path("excluded_path", path)));
    indexing
        .composite()
        .forEach(
            index ->
                blocks.add(
                    new Block(
                        "composite_index",
                        List.of(),
                        Properties.with().done(),
                        index.stream().map(TerraformTemplate::index).toList())));
    return new Block(
        "indexing_policy",
        List.of(),
        Properties.with("indexing_mode", new Text("consistent")).done(),
        blocks);
  }

  private static Block path(String type, IndexPath path) {
    return Block.of(type, Properties.with("path", new Text(path.text())).done());
  }

  private static Block index(CompositePath index) {
    String order = index.order() == Order.ASCENDING ? "Ascending" : "Descending";
    return Block.of(
        "index", Properties.with("path", new Text(index.path().text())).and("order", order).done());
  }

  private static Block assignment(Infrastructure said, UUID role) {
    return new Block(
        "resource",
        List.of(ASSIGNMENT, "gateway"),
        inAccount(Properties.with())
            .and("principal_id", new Reference("var." + GATEWAY))
            .and("role_definition_id", Infrastructure.role(ACCOUNT_ID, role))
            .and("scope", new Joined(ACCOUNT_ID, said.path()))
            .and("depends_on", new Items(List.of(new Reference(CONTAINER + ".container"))))
            .done(),
        List.of());
  }

  /** What a file says that is made so. */
  static Infrastructure said(Hcl file) {
    Block container = block(file, "container").orElseThrow(UnreadableTemplate::incomplete);
    Properties attributes = container.attributes();
    Throughput throughput =
        container.first("autoscale_settings").isPresent()
            ? new Autoscale(
                (int)
                    standard(file, AUTOSCALE).orElseThrow(UnreadableTemplate::incomplete).number())
            : attributes.find("throughput").isPresent()
                ? new Manual(
                    (int)
                        standard(file, MANUAL).orElseThrow(UnreadableTemplate::incomplete).number())
                : NotItsOwn.SHARED;
    return new Infrastructure(
        standard(file, ACCOUNT_NAME).orElseThrow(UnreadableTemplate::incomplete).text(),
        standard(file, RESOURCE_GROUP).map(Value::text),
        Optional.empty(),
        new Container(
            attributes.at("database_name").text(),
            attributes.at("name").text(),
            PropertyPath.read(attributes.at("partition_key_paths")),
            throughput,
            attributes.find("default_ttl").map(value -> (int) value.number()),
            container.within("unique_key").stream()
                .map(key -> PropertyPath.read(key.attributes().at("paths")))
                .toList(),
            container.first("indexing_policy").map(TerraformTemplate::saidIndexing)),
        block(file, "gateway")
            .map(role -> Infrastructure.readRole(role.attributes().at("role_definition_id"))));
  }

  private static Indexing saidIndexing(Block policy) {
    return new Indexing(
        indexPaths(policy.within("included_path")),
        indexPaths(policy.within("excluded_path")),
        policy.within("composite_index").stream()
            .map(
                index ->
                    index.within("index").stream()
                        .map(
                            each ->
                                new CompositePath(
                                    new PropertyPath(each.attributes().at("path").text()),
                                    Order.parse(
                                        each.attributes()
                                            .at("order")
                                            .text()
                                            .toLowerCase(Locale.ROOT))))
                        .toList())
            .toList());
  }

  private static List<IndexPath> indexPaths(List<Block> paths) {
    return paths.stream().map(each -> new IndexPath(each.attributes().at("path").text())).toList();
  }

  private static Optional<Block> block(Hcl file, String name) {
    return file.blocks().stream()
        .filter(block -> block.type().equals("resource") && block.labels().getLast().equals(name))
        .findFirst();
  }

  private static Optional<Value> standard(Hcl file, String variable) {
    return file.blocks().stream()
        .filter(block -> block.type().equals("variable") && block.labels().contains(variable))
        .findFirst()
        .flatMap(block -> block.attributes().find("default"));
  }
}
