package io.contextkeep.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The allowed dependencies between the parts of the vault. */
final class LayersTest implements Rules {

  @ArchTest
  static final ArchRule identity_dependsOnNoOtherPartOfTheVault =
      noClasses()
          .that()
          .resideInAPackage("..vault.identity..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..vault", "..vault.db..", "..vault.web..", "..vault.ops..");

  @ArchTest
  static final ArchRule onlyOperations_knowHowThingsAreCounted =
      noClasses()
          .that()
          .resideOutsideOfPackage("..vault.ops..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.micrometer..", "io.prometheus..");
}
