package io.contextkeep.vault.context;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.consent.ConsentRow;
import io.contextkeep.vault.customers.Customers.SealedIdentifier;
import io.contextkeep.vault.registry.Attribute;
import java.util.List;
import java.util.Optional;

/**
 * The facts that a decision about one customer depends on, read in one database snapshot: the
 * customer's state, consents and objections, and the metadata of the values held. The values
 * themselves are sealed; only {@link ContextStore#read} opens them, and it needs a Permit.
 */
public final class Snapshot {

  /** The metadata of a value or event. */
  public record Held(
      Attribute attribute, long observed, String source, String batch, long version) {}

  private final Optional<SubjectId> subject;
  private final Optional<SubjectId> standIn;
  private final boolean restricted;
  private final List<ConsentRow> consents;
  private final List<String> objections;
  private final Contents contents;

  /**
   * The sealed records of a snapshot.
   *
   * @param beside values of sources that are not in force
   * @param next the place after which the remaining events begin
   */
  record Contents(
      List<Sealed> sealed,
      List<Sealed> beside,
      List<SealedIdentifier> identifiers,
      Optional<EventPlace> next) {
    Contents {
      sealed = List.copyOf(sealed);
      beside = List.copyOf(beside);
      identifiers = List.copyOf(identifiers);
    }
  }

  Snapshot(
      Optional<SubjectId> subject,
      Optional<SubjectId> standIn,
      boolean restricted,
      List<ConsentRow> consents,
      List<String> objections,
      Contents contents) {
    this.subject = subject;
    this.standIn = standIn;
    this.restricted = restricted;
    this.consents = List.copyOf(consents);
    this.objections = List.copyOf(objections);
    this.contents = contents;
  }

  /** Returns the customer; empty if the identifier is unknown. */
  public Optional<SubjectId> subject() {
    return subject;
  }

  /** Returns the stand-in that is decided about if there is no customer. */
  public Optional<SubjectId> standIn() {
    return standIn;
  }

  public boolean restricted() {
    return restricted;
  }

  public List<ConsentRow> consents() {
    return consents;
  }

  public List<String> objections() {
    return objections;
  }

  public List<Held> held() {
    return contents.sealed().stream()
        .map(s -> new Held(s.attribute(), s.observed(), s.source(), s.batch(), s.version()))
        .toList();
  }

  List<Sealed> sealed() {
    return contents.sealed();
  }

  /** Returns the sources' values that are not in force, which only the customer sees. */
  List<Sealed> beside() {
    return contents.beside();
  }

  List<SealedIdentifier> identifiers() {
    return contents.identifiers();
  }

  /** Returns the place after which the remaining events begin. */
  Optional<EventPlace> next() {
    return contents.next();
  }
}
