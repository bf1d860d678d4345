package io.contextkeep.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.net.Socket;
import java.net.URL;
import java.net.http.HttpClient;
import java.nio.channels.SocketChannel;

/** The architectural rules that a compiler does not check. */
final class ArchitectureTest implements Rules {

  @ArchTest
  static final ArchRule theOntology_dependsOnNoOtherModule =
      noClasses()
          .that()
          .resideInAPackage("..ontology..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..policy..", "..audit..", "..vault..", "..client..");

  @ArchTest
  static final ArchRule thePolicy_dependsOnTheOntologyAlone =
      noClasses()
          .that()
          .resideInAPackage("..contextkeep.policy..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..audit..", "..vault..", "..client..");

  @ArchTest
  static final ArchRule theLog_dependsOnNoOtherModule =
      noClasses()
          .that()
          .resideInAPackage("..contextkeep.audit..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..ontology..", "..contextkeep.policy..", "..vault..", "..client..");

  @ArchTest
  static final ArchRule theClient_dependsOnTheLogAlone =
      noClasses()
          .that()
          .resideInAPackage("..contextkeep.client..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..ontology..", "..contextkeep.policy..", "..vault..");

  @ArchTest static final ArchRule onlyTheGate_makesPermits = onlyMakes("PolicyGate", "Permit");

  @ArchTest
  static final ArchRule onlyTheGate_makesPermitsForStatistics =
      onlyMakes("PolicyGate", "AggregatePermit");

  @ArchTest
  static final ArchRule onlyTheGate_saysWhoTakesPart = onlyMakes("PolicyGate", "Eligibility");

  @ArchTest static final ArchRule onlyTheGate_makesRefusals = onlyMakes("PolicyGate", "Refusal");

  @ArchTest static final ArchRule onlyTheLog_makesReceipts = onlyMakes("AuditLog", "Receipt");

  @ArchTest
  static final ArchRule onlyTheStore_makesPlaintext = onlyMakes("ContextStore", "Plaintext");

  @ArchTest
  static final ArchRule onlyTheMinimiser_makesDisclosures = onlyMakes("Minimiser", "Disclosure");

  /** Only the store opens records; only the log opens its private parts, through SubjectSealer. */
  @ArchTest
  static final ArchRule onlyOneClass_decryptsContext =
      noClasses()
          .that()
          .doNotHaveSimpleName("ContextStore")
          .should()
          .callMethod(
              "io.contextkeep.vault.crypto.SubjectKey$Opener",
              "open",
              "java.lang.String",
              "long",
              "[B");

  @ArchTest
  static final ArchRule onlyOneMethod_readsContext =
      noClasses()
          .that()
          .doNotHaveSimpleName("ReadPath")
          .should()
          .callMethod(
              "io.contextkeep.vault.context.ContextStore",
              "read",
              "io.contextkeep.policy.Permit",
              "io.contextkeep.vault.context.Snapshot");

  @ArchTest
  static final ArchRule onlyOneMethod_readsContextForStatistics =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.contextkeep.vault.context.CohortPath$Scan")
          .should()
          .callMethod(
              "io.contextkeep.vault.context.ContextStore",
              "read",
              "io.contextkeep.policy.AggregatePermit",
              "io.contextkeep.policy.Eligibility",
              "io.contextkeep.vault.context.Cohort$Member",
              "io.contextkeep.vault.crypto.SubjectKey$Opener");

  /** Ensures that every route declares its callers. */
  @ArchTest
  static final ArchRule onlyOneClass_addsRoutes =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.contextkeep.vault.web.Routes")
          .and()
          .doNotHaveFullyQualifiedName("io.contextkeep.vault.web.Server")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("io.vertx.ext.web.Router");

  /** Every answer of a statistic passes {@code release}, which adds the noise. */
  @ArchTest
  static final ArchRule reports_areMadeOfParametersAndNoisyNumbers =
      noClasses()
          .that()
          .haveNameMatching(NoFloatingPointTest.REPORTS)
          .should()
          .dependOnClassesThat()
          .haveSimpleName("ExactSum")
          .orShould()
          .dependOnClassesThat()
          .haveSimpleName("Tally")
          .orShould()
          .dependOnClassesThat()
          .haveSimpleName("Plaintext");

  @ArchTest
  static final ArchRule threads_areMadeInOnePlace =
      noClasses()
          .that()
          .doNotHaveSimpleName("Threads")
          .should()
          .callConstructor(Thread.class)
          .orShould()
          .callMethod(Thread.class, "ofVirtual")
          .orShould()
          .callMethod(Thread.class, "ofPlatform")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.concurrent.Executors");

  @ArchTest
  static final ArchRule connections_areMadeInOnePlace =
      noClasses()
          .that()
          .doNotHaveSimpleName("Connections")
          .should()
          .dependOnClassesThat()
          .haveNameMatching("java.sql.DriverManager|org.sqlite.SQLiteConfig");

  /**
   * Connections to addresses from outside are guarded, and no client follows a redirect. The
   * verifier and the client library are separate programs.
   */
  @ArchTest
  static final ArchRule clientsAndSockets_areMadeInOnePlace =
      noClasses()
          .that()
          .resideOutsideOfPackages("..vault.net..", "..audit.verify..", "io.contextkeep.client..")
          .should()
          .callMethod(HttpClient.class, "newHttpClient")
          .orShould()
          .callMethod(HttpClient.class, "newBuilder")
          .orShould()
          .callMethod(SocketChannel.class, "open")
          .orShould()
          .callMethod(URL.class, "openConnection")
          .orShould()
          .callMethod(URL.class, "openStream")
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching(
              "io\\.vertx\\.core\\.(net\\.NetClient|http\\.(HttpClient|WebSocketClient)).*|.*\\.WebClient");

  /** The address of a syslog collector comes from the configuration. */
  @ArchTest
  static final ArchRule sockets_areOpenedForStrangersAndSyslogAlone =
      noClasses()
          .that()
          .resideOutsideOfPackage("..vault.net..")
          .and()
          .doNotHaveSimpleName("SyslogCollector")
          .should()
          .callConstructor(Socket.class);

  /** No request waits for an RDF library, and only Graphs opens the graph. */
  @ArchTest
  static final ArchRule theGraph_isKeptOutOfEveryRequest =
      noClasses()
          .that()
          .resideOutsideOfPackages("..ontology..", "..vault.graph..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.jena..");

  @ArchTest
  static final ArchRule graphs_areOpenedInOnePlace =
      noClasses()
          .that()
          .doNotHaveSimpleName("Graphs")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.jena.tdb2..");

  private static ArchRule onlyMakes(String maker, String made) {
    return classes()
        .that()
        .doNotHaveSimpleName(maker)
        .should(notConstruct(made))
        .as("only " + maker + " makes a " + made);
  }

  private static com.tngtech.archunit.lang.ArchCondition<JavaClass> notConstruct(String made) {
    return com.tngtech.archunit.lang.conditions.ArchConditions.not(
        com.tngtech.archunit.lang.conditions.ArchConditions.callConstructorWhere(
            DescribedPredicate.describe(
                "of " + made,
                (JavaCall<?> call) ->
                    call.getTargetOwner().getSimpleName().equals(made)
                        && call.getTargetOwner().getPackageName().startsWith("io.contextkeep")
                        && !call.getOriginOwner().getSimpleName().equals(made))));
  }
}
