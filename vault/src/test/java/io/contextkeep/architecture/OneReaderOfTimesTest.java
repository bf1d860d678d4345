package io.contextkeep.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * The single parser of times in requests, {@code Rfc3339}, so that every route accepts the same.
 */
final class OneReaderOfTimesTest implements Rules {
  /** The other readers of dates and times, with their reasons. */
  private static final Map<String, String> EXCEPTIONS =
      Map.of(
          "io.contextkeep.client.Json",
          "the client does not depend on the ontology, and parses the vault's own times",
          "io.contextkeep.client.Wire",
          "the HTTP-date of Retry-After (RFC 9110)",
          "io.contextkeep.vault.context.Masks",
          "dates and local times of values, of which a mask shows the year",
          "io.contextkeep.vault.consent.signals.TcfPurposes",
          "a constant",
          "io.contextkeep.vault.analytics.Window",
          "constants");

  private static final DescribedPredicate<JavaAccess<?>> READING =
      DescribedPredicate.describe(
          "parsing of times",
          access ->
              access.getName().startsWith("parse")
                  && access.getTargetOwner().getPackageName().startsWith("java.time")
                  && isTime(access.getTargetOwner()));

  private static boolean isTime(JavaClass owner) {
    return assignableTo(TemporalAccessor.class)
        .or(assignableTo(DateTimeFormatter.class))
        .test(owner);
  }

  @ArchTest
  static final ArchRule times_areReadByOneReader =
      noClasses()
          .that(DescribedPredicate.not(named(EXCEPTIONS)))
          .should()
          .accessTargetWhere(READING)
          .because("Rfc3339.parse reads the times of requests");

  private static DescribedPredicate<JavaClass> named(Map<String, String> classes) {
    return DescribedPredicate.describe(
        "named as exceptions", one -> classes.containsKey(one.getName()));
  }

  /** Checks that no exception is obsolete, since it would hide a later parser in that class. */
  @ArchTest
  static void everyException_isStillNeeded(JavaClasses main) {
    for (String exception : EXCEPTIONS.keySet()) {
      assertThat(main.get(exception).getAccessesFromSelf()).as(exception).anyMatch(READING);
    }
  }

  @Test
  void callsAndMethodReferences_areBothFound() {
    JavaClasses wrong = new ClassFileImporter().importClasses(Calls.class, Refers.class);
    assertThat(times_areReadByOneReader.evaluate(wrong).getFailureReport().getDetails()).hasSize(2);
  }

  /** A call. */
  private static final class Calls {
    static Instant read() {
      return Instant.parse("2026-12-01T00:00:00Z");
    }
  }

  /** A method reference. */
  private static final class Refers {
    static Function<String, ZonedDateTime> read() {
      return ZonedDateTime::parse;
    }
  }
}
