package dev.ephemeris.cosmos;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.NullMarked;

@AnalyzeClasses(
    packages = "dev.ephemeris.cosmos",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule KNOWS_NOTHING_BUT_THE_JDK_AND_JACKSON =
      classes()
          .should()
          .onlyDependOnClassesThat(
              resideInAPackage("dev.ephemeris.cosmos..")
                  .or(resideInAPackage("java.."))
                  .or(resideInAPackage("javax.crypto.."))
                  .or(resideInAPackage("com.fasterxml.jackson.."))
                  .or(resideInAPackage("org.jspecify.."))
                  // Arrays of primitives have no package.
                  .or(resideInAPackage("")));

  @ArchTest
  static final ArchRule DOES_NO_INPUT_OR_OUTPUT =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.nio.file..", "java.nio.channels..", "java.net.http..", "java.sql..")
          .orShould()
          .dependOnClassesThat(
              resideInAPackage("java.io").and(not(named("IOException", "Serializable"))))
          .orShould()
          .dependOnClassesThat(
              resideInAPackage("java.net").and(not(named("URLDecoder", "URLEncoder"))));

  @ArchTest
  static final ArchRule HAS_NO_CLOCK_OF_ITS_OWN =
      noClasses()
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(Clock.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(InstantSource.class);

  @ArchTest
  static void everyPackageIsNullMarked(JavaClasses classes) {
    assertThat(classes.stream().map(JavaClass::getPackage).distinct())
        .isNotEmpty()
        .allMatch(packageOf -> packageOf.isAnnotatedWith(NullMarked.class));
  }

  private static DescribedPredicate<JavaClass> named(String... names) {
    return DescribedPredicate.describe(
        "named " + String.join(", ", names), type -> List.of(names).contains(type.getSimpleName()));
  }
}
