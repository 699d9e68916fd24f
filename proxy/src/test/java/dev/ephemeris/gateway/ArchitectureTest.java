package dev.ephemeris.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

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
              GATEWAY + "store..");

  @ArchTest
  static final ArchRule peopleDoNotKnowTheirLeases =
      noClasses()
          .that()
          .resideInAnyPackage(GATEWAY + "identity..", GATEWAY + "store..", GATEWAY + "custody..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              GATEWAY + "lease..", GATEWAY + "api..", GATEWAY + "dataplane..", GATEWAY + "cli..");

  @ArchTest
  static final ArchRule theCommandLineTalksToAGatewayAsAnybodyDoes =
      noClasses()
          .that()
          .resideInAPackage(GATEWAY + "cli..")
          .and()
          .doNotHaveSimpleName("Serve")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              GATEWAY + "api..",
              GATEWAY + "dataplane..",
              GATEWAY + "identity..",
              GATEWAY + "lease..",
              GATEWAY + "store..",
              GATEWAY + "custody..");

  @ArchTest
  static final ArchRule namesSayWhatAThingIs =
      noClasses()
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

  @ArchTest
  static final ArchRule nothingIsNullUnlessItSaysSo =
      classes()
          .that()
          .haveSimpleName("package-info")
          .should()
          .beAnnotatedWith("org.jspecify.annotations.NullMarked");

  @ArchTest
  static final ArchRule onlySqlKnowsJdbi =
      noClasses()
          .that()
          .resideOutsideOfPackages(GATEWAY + "store..", GATEWAY + "lease..", GATEWAY + "identity..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.jdbi..", "org.flywaydb..", "org.sqlite..");
}
