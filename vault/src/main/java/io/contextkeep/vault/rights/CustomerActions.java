package io.contextkeep.vault.rights;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.consent.ConsentLedger;
import io.contextkeep.vault.context.SourceLine;
import io.contextkeep.vault.context.SourceValues;
import io.contextkeep.vault.customers.AuditedChange;
import io.contextkeep.vault.customers.CustomerSession;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.derived.Derivable;
import io.contextkeep.vault.derived.Derivations;
import io.contextkeep.vault.erasure.Erasure;
import io.contextkeep.vault.ingest.Ingest;
import io.contextkeep.vault.ingest.Values;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The changes by which customers exercise their rights, checked completely before anything is
 * written.
 */
final class CustomerActions {
  private final Registry registry;
  private final ProcessingToday processing;
  private final Customers customers;
  private final ConsentLedger consents;
  private final Ingest ingest;
  private final Derivations derivations;
  private final Erasure erasure;
  private final InstantSource clock;

  CustomerActions(
      Registry registry,
      ProcessingToday processing,
      Customers customers,
      ConsentLedger consents,
      Ingest ingest,
      Derivations derivations,
      Erasure erasure,
      InstantSource clock) {
    this.registry = registry;
    this.processing = processing;
    this.customers = customers;
    this.consents = consents;
    this.ingest = ingest;
    this.derivations = derivations;
    this.erasure = erasure;
    this.clock = clock;
  }

  /** Returns the value of that name, which customers can correct. */
  Attribute correctable(String name) {
    return registry
        .attribute(name)
        .filter(a -> a.kind() == Attribute.Kind.VALUE)
        .orElseThrow(
            () -> new Problem(404, "unknown_attribute", "No value of this name is registered"));
  }

  /**
   * @param value one that {@link Values#check} accepted
   */
  AuditedChange correction(Request request, Attribute attribute, JsonNode value) {
    SourceLine line =
        new SourceLine(
            1,
            List.of(CustomerSession.account(request)),
            attribute,
            Optional.empty(),
            clock.millis(),
            value);
    return new AuditedChange(
        EntryType.CORRECT,
        Map.of("categories", List.of(attribute.category().curie())),
        c -> {
          List<Ingest.Fault> refused =
              ingest
                  .write(
                      c,
                      Customers.SOURCE,
                      request.id(),
                      List.of(line),
                      Ingest.Prepared.nothing(),
                      Derivable.NOTHING)
                  .faults();
          if (!refused.isEmpty()) {
            throw new Problem(409, refused.getFirst().code(), refused.getFirst().detail());
          }
          Optional<SubjectId> subject = customers.find(c, CustomerSession.account(request));
          if (subject.isPresent()) {
            derivations.corrected(c, subject.get(), attribute.name());
          }
        });
  }

  /** Takes a correction back, so that the last value of a source is in force again. */
  AuditedChange correctionTakenBack(SubjectId subject, Attribute attribute) {
    return new AuditedChange(
        EntryType.CORRECT,
        Map.of("action", "take-back", "categories", List.of(attribute.category().curie())),
        c -> {
          if (!SourceValues.dropCorrection(c, subject, attribute.name())) {
            throw new Problem(404, "no_correction", "You have corrected no value of this name");
          }
          derivations.corrected(c, subject, attribute.name());
        });
  }

  boolean isRestricted(Connection c, SubjectId subject) throws SQLException {
    return customers.isRestricted(c, subject);
  }

  boolean objectsTo(Connection c, SubjectId subject, Purpose purpose) throws SQLException {
    return consents.objectionsOf(c, subject).stream()
        .anyMatch(objection -> objection.purpose().equals(purpose.curie()));
  }

  AuditedChange restriction(SubjectId subject, boolean restricted) {
    return new AuditedChange(
        EntryType.RESTRICT,
        Map.of("restricted", restricted),
        c -> customers.restrict(c, subject, restricted, clock.instant()));
  }

  /**
   * Makes an objection to a purpose, or lifts one.
   *
   * @throws Problem 409 where only a legal obligation would be objected to
   */
  AuditedChange objection(SubjectId subject, Purpose purpose, boolean objects) {
    if (objects && !processing.canBeObjectedTo(purpose)) {
      throw new Problem(
          409,
          "cannot_be_objected_to",
          "The law demands the processing for this purpose, so an objection does not stop it;"
              + " GET /v1/me/rights shows the basis of each purpose");
    }
    return new AuditedChange(
        EntryType.OBJECT,
        Map.of("purpose", purpose.curie(), "objects", objects),
        c -> {
          if (objects) {
            consents.object(c, subject, purpose, clock.instant());
          } else {
            consents.liftObjection(c, subject, purpose, clock.instant());
          }
        });
  }

  /**
   * Finishes an erasure that was begun, as far as that is possible now.
   *
   * @return false where the customer is no longer found, but the rest takes some minutes
   */
  boolean erased(String request, SubjectId subject) {
    try {
      erasure.finish(subject, request);
      return true;
    } catch (StoreUnavailable later) {
      return false;
    }
  }
}
