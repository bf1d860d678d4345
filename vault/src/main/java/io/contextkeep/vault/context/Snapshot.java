package io.contextkeep.vault.context;

import io.contextkeep.ontology.ConsentStatus;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.registry.Attribute;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything a decision about one customer depends on, read in one database snapshot: the
 * customer's state, consents and objections, and the metadata of what is held. The values travel
 * along still sealed; only {@link ContextStore#read} opens them, and it wants a Permit.
 */
public final class Snapshot {

  /**
   * A consent as its latest event left it: for a purpose, given to or kept from one recipient.
   *
   * @param expiresAt until when a grant counts, where it ends
   * @param at when it was said, in milliseconds
   * @param yields whether it is a no that gives way to a yes of a later instant
   */
  public record ConsentRow(
      long event,
      String purpose,
      String recipient,
      ConsentStatus latest,
      boolean explicit,
      @Nullable Instant expiresAt,
      long at,
      boolean yields) {
    /** Whether it is a no that does not stop that yes, though it covers its purpose. */
    public boolean yieldsTo(ConsentRow yes) {
      return yields && yes.latest.allows() && at < yes.at;
    }
  }

  /** What is held, without its value. */
  public record Held(
      Attribute attribute, long observed, String source, String batch, long version) {}

  private final Optional<SubjectId> subject;
  private final Optional<SubjectId> standIn;
  private final boolean restricted;
  private final List<ConsentRow> consents;
  private final List<String> objections;
  private final List<Sealed> sealed;
  private final List<Sealed> beside;
  private final List<SealedIdentifier> identifiers;
  private final Optional<EventPlace> next;

  /** An identifier that is still sealed. */
  record SealedIdentifier(String kind, byte[] bytes) {}

  Snapshot(
      Optional<SubjectId> subject,
      Optional<SubjectId> standIn,
      boolean restricted,
      List<ConsentRow> consents,
      List<String> objections,
      List<Sealed> sealed,
      List<Sealed> beside,
      List<SealedIdentifier> identifiers,
      Optional<EventPlace> next) {
    this.subject = subject;
    this.standIn = standIn;
    this.restricted = restricted;
    this.consents = List.copyOf(consents);
    this.objections = List.copyOf(objections);
    this.sealed = List.copyOf(sealed);
    this.beside = List.copyOf(beside);
    this.identifiers = List.copyOf(identifiers);
    this.next = next;
  }

  /** The customer, or empty when nobody has the identifier. */
  public Optional<SubjectId> subject() {
    return subject;
  }

  /** Who was looked at in the place of nobody: a number of {@link SubjectId#ofNobody}. */
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
    return sealed.stream()
        .map(s -> new Held(s.attribute(), s.observed(), s.source(), s.batch(), s.version()))
        .toList();
  }

  List<Sealed> sealed() {
    return sealed;
  }

  /** Values that sources wrote and that are not in force: only the customer sees them. */
  List<Sealed> beside() {
    return beside;
  }

  List<SealedIdentifier> identifiers() {
    return identifiers;
  }

  /** Where what did not fit begins. */
  Optional<EventPlace> next() {
    return next;
  }
}
