package dev.ephemeris.gateway;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.ephemeris.gateway.identity.CatalogFiles;
import dev.ephemeris.gateway.identity.Digest;
import dev.ephemeris.gateway.identity.EntityDirectory;
import dev.ephemeris.gateway.identity.RandomText;
import dev.ephemeris.gateway.lease.LeaseSecrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The arrows of the house: see CONTRIBUTING.md. */
@AnalyzeClasses(packages = "dev.ephemeris", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String GATEWAY = "dev.ephemeris.gateway.";

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching(GATEWAY + "(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule theGatewayDoesNotKnowTheSimulator =
      noClasses()
          .that()
          .resideInAPackage("dev.ephemeris.gateway..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.ephemeris.simulator..");

  @ArchTest
  static final ArchRule whatComesInMeetsOnlyThroughWhatIsKept =
      noClasses()
          .that()
          .resideInAnyPackage(GATEWAY + "api..", GATEWAY + "dataplane..", GATEWAY + "management..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(GATEWAY + "cli..", "dev.ephemeris.gateway");

  @ArchTest
  static final ArchRule theApiDoesNotKnowTheDataPlane =
      noClasses()
          .that()
          .resideInAPackage(GATEWAY + "api..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(GATEWAY + "dataplane..", GATEWAY + "management..", GATEWAY + "cli..");

  @ArchTest
  static final ArchRule theDataPlaneDoesNotKnowTheApi =
      noClasses()
          .that()
          .resideInAPackage(GATEWAY + "dataplane..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(GATEWAY + "api..", GATEWAY + "management..", GATEWAY + "cli..");

  @ArchTest
  static final ArchRule theJournalKnowsNobody =
      noClasses()
          .that()
          .resideInAPackage(GATEWAY + "journal..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              GATEWAY + "api..",
              GATEWAY + "cli..",
              GATEWAY + "custody..",
              GATEWAY + "dataplane..",
              GATEWAY + "identity..",
              GATEWAY + "lease..",
              GATEWAY + "management..",
              GATEWAY + "metrics..",
              GATEWAY + "store..");

  /** They count what they are told, by name: they can't look for more. */
  @ArchTest
  static final ArchRule metricsKnowOnlyWhatTheyCount =
      noClasses()
          .that()
          .resideInAPackage(GATEWAY + "metrics..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              GATEWAY + "api..",
              GATEWAY + "cli..",
              GATEWAY + "custody..",
              GATEWAY + "dataplane..",
              GATEWAY + "identity..",
              GATEWAY + "lease..",
              GATEWAY + "management..",
              GATEWAY + "store..",
              "io.vertx..");

  @ArchTest
  static final ArchRule onlyMetricsKnowTheirLibrary =
      noClasses()
          .that()
          .resideOutsideOfPackage(GATEWAY + "metrics..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.micrometer..", "io.prometheus..");

  @ArchTest
  static final ArchRule onlyCustodyKnowsAzuresLibraries =
      noClasses()
          .that()
          .resideOutsideOfPackage(GATEWAY + "custody..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.azure..", "com.microsoft..");

  @ArchTest
  static final ArchRule onlyWhoseLibrariesAreReactiveAreSo =
      noClasses()
          .that()
          .resideOutsideOfPackages(GATEWAY + "custody..", GATEWAY + "mcp..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("reactor..");

  @ArchTest
  static final ArchRule onlyMcpKnowsItsLibraries =
      noClasses()
          .that()
          .resideOutsideOfPackage(GATEWAY + "mcp..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.modelcontextprotocol..", "tools.jackson..");

  @ArchTest
  static final ArchRule onlyTemplatesAreHeldAgainstSchemas =
      noClasses()
          .that()
          .resideOutsideOfPackages(GATEWAY + "mcp..", GATEWAY + "template..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.networknt..");

  /** It carries messages, whoever sends them and whatever they say. */
  @ArchTest
  static final ArchRule theTransportKnowsNothingOfTheHouse =
      noClasses()
          .that()
          .resideInAPackage(GATEWAY + "mcp.transport..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.ephemeris..")
                  .and(not(resideInAPackage(GATEWAY + "mcp.transport..")))
                  .and(not(belongToAnyOf(Digest.class, RandomText.class))));

  @ArchTest
  static final ArchRule onlySinksKnowWhatTheySpeak =
      noClasses()
          .that()
          .resideOutsideOfPackage(GATEWAY + "journal.sink..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.kafka..", "io.opentelemetry..", "com.google.protobuf..");

  /** Who is told is nobody's business but that of whom the map of the house shows. */
  @ArchTest
  static final ArchRule onlyTheGatewayKnowsWhoTells =
      noClasses()
          .that()
          .resideOutsideOfPackages(GATEWAY + "notify..", "dev.ephemeris.gateway")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(GATEWAY + "notify..");

  @ArchTest
  static final ArchRule whoTellsKnowsNobodyWhoAsks =
      noClasses()
          .that()
          .resideInAPackage(GATEWAY + "notify..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              GATEWAY + "api..",
              GATEWAY + "cli..",
              GATEWAY + "custody..",
              GATEWAY + "dataplane..",
              GATEWAY + "mint..",
              GATEWAY + "oauth..");

  @ArchTest
  static final ArchRule onlyWhoTellsSendsMail =
      noClasses()
          .that()
          .resideOutsideOfPackage(GATEWAY + "notify..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.vertx.ext.mail..");

  /** They meet through leases: what is made at accounts knows nobody who asks for it. */
  @ArchTest
  static final ArchRule whatIsMadeAtAccountsKnowsLeasesOnly =
      noClasses()
          .that()
          .resideInAPackage(GATEWAY + "mint..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(GATEWAY + "api..", GATEWAY + "dataplane..", GATEWAY + "cli..");

  @ArchTest
  static final ArchRule peopleDoNotKnowTheirLeases =
      noClasses()
          .that()
          .resideInAnyPackage(GATEWAY + "identity..", GATEWAY + "store..", GATEWAY + "custody..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              GATEWAY + "lease..",
              GATEWAY + "mint..",
              GATEWAY + "api..",
              GATEWAY + "dataplane..",
              GATEWAY + "cli..");

  @ArchTest
  static final ArchRule theCommandLineTalksToAGatewayAsAnybodyDoes =
      noClasses()
          .that()
          .resideInAPackage(GATEWAY + "cli..")
          .and()
          .doNotHaveSimpleName("Serve")
          .and()
          // Works on the catalog's files, where there is no gateway to ask.
          .doNotHaveSimpleName("EntraCatalog")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                      GATEWAY + "api..",
                      GATEWAY + "dataplane..",
                      GATEWAY + "identity..",
                      GATEWAY + "lease..",
                      GATEWAY + "metrics..",
                      GATEWAY + "store..",
                      GATEWAY + "custody..")
                  // What policy commands read of a catalog's files is what a gateway reads.
                  .and(not(belongToAnyOf(CatalogFiles.class, EntityDirectory.class))));

  @ArchTest
  static final ArchRule whatLooksForKeysKnowsNothingOfTheHouse =
      noClasses()
          .that()
          .resideInAPackage(GATEWAY + "scan..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.ephemeris..")
                  .and(not(resideInAnyPackage(GATEWAY + "scan..", GATEWAY + "credential.."))));

  @ArchTest
  static final ArchRule whatCredentialsLookLikeIsKnownWithoutAnybodysHelp =
      noClasses()
          .that()
          .resideInAPackage(GATEWAY + "credential..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.ephemeris..")
                  .and(not(resideInAPackage(GATEWAY + "credential.."))))
          .orShould()
          .dependOnClassesThat()
          .resideInAPackage("io.vertx..");

  /** Text from a request: by whoever asks for it. */
  @ArchTest
  static final ArchRule templatesKnowNothingOfTheHouseButThePolicy =
      noClasses()
          .that()
          .resideInAPackage(GATEWAY + "template..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("io.vertx..", "java.net..", "java.nio.file..")
                  .or(
                      resideInAPackage("dev.ephemeris..")
                          .and(
                              not(
                                  resideInAnyPackage(
                                      GATEWAY + "template..", "dev.ephemeris.policy..")))));

  @ArchTest
  static final ArchRule namesSayWhatAThingIs =
      noClasses()
          .that()
          // What Azure calls it.
          .doNotHaveSimpleName("ResourceManager")
          .should()
          .haveSimpleNameEndingWith("Util")
          .orShould()
          .haveSimpleNameEndingWith("Utils")
          .orShould()
          .haveSimpleNameEndingWith("Manager")
          .orShould()
          .haveSimpleNameEndingWith("Helper")
          .orShould()
          .haveSimpleNameEndingWith("Impl");

  /** Of every package, also of one that has no package-info to be annotated. */
  @ArchTest
  static void nothingIsNullUnlessItSaysSo(JavaClasses classes) {
    assertThat(classes.stream().map(JavaClass::getPackage).distinct())
        .isNotEmpty()
        .allMatch(packageOf -> packageOf.isAnnotatedWith(NullMarked.class));
  }

  /** Where they are compared, an early end of the comparison would tell how much fits. */
  @ArchTest
  static final ArchRule secretsAreComparedInConstantTime =
      noClasses()
          .that()
          .resideInAPackage(GATEWAY + "lease..")
          .should()
          .callMethod(Arrays.class, "equals", byte[].class, byte[].class)
          .orShould()
          .callMethod(Arrays.class, "compare", byte[].class, byte[].class)
          .orShould()
          .callMethod(Arrays.class, "mismatch", byte[].class, byte[].class);

  @ArchTest
  static void leaseSecretsCompareInConstantTime(JavaClasses classes) {
    assertThat(classes.get(LeaseSecrets.class).getMethodCallsFromSelf())
        .filteredOn(call -> call.getTarget().getOwner().isEquivalentTo(MessageDigest.class))
        .extracting(call -> call.getOrigin().getName(), call -> call.getTarget().getName())
        .contains(tuple("verify", "isEqual"), tuple("made", "isEqual"));
  }

  /**
   * Its classes are on the tests' class path, so that only the build says that it isn't shipped.
   */
  @Test
  void theSimulatorIsForTestsOnly() throws IOException {
    assertThat(Files.readString(Path.of("pom.xml")))
        .containsPattern("<artifactId>ephemeris-simulator</artifactId>\\s*<scope>test</scope>");
  }

  @ArchTest
  static final ArchRule onlySqlKnowsJdbi =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              GATEWAY + "store..",
              GATEWAY + "account..",
              GATEWAY + "lease..",
              GATEWAY + "mint..",
              GATEWAY + "custody..",
              GATEWAY + "identity..",
              GATEWAY + "oauth..",
              GATEWAY + "notify..",
              GATEWAY + "repetition..",
              GATEWAY + "journal.evidence..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.jdbi..", "org.flywaydb..", "org.sqlite..");
}
