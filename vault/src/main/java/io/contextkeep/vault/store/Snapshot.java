package io.contextkeep.vault.store;

import io.contextkeep.ontology.SubjectId;
import java.util.List;
import java.util.Optional;

/**
 * Everything a decision about one customer depends on, read in one database snapshot: the
 * customer's state, consents and objections, and the metadata of what is held. The values travel
 * along still sealed; only {@link ContextStore#read} opens them, and it wants a Permit.
 */
public final class Snapshot {

  /** A consent as it stands: for a purpose, given to or kept from one recipient. */
  public record ConsentRow(
      long event,
      String purpose,
      String recipient,
      String status,
      boolean explicit,
      long at,
      Optional<Long> expires) {}

  /** What is held, without its value. */
  public record Held(
      Attribute attribute, long observed, String source, String batch, long version) {}

  private final Optional<SubjectId> subject;
  private final boolean restricted;
  private final List<ConsentRow> consents;
  private final List<String> objections;
  private final List<Sealed> sealed;

  Snapshot(
      Optional<SubjectId> subject,
      boolean restricted,
      List<ConsentRow> consents,
      List<String> objections,
      List<Sealed> sealed) {
    this.subject = subject;
    this.restricted = restricted;
    this.consents = List.copyOf(consents);
    this.objections = List.copyOf(objections);
    this.sealed = List.copyOf(sealed);
  }

  /** The customer, or empty when nobody has the identifier. */
  public Optional<SubjectId> subject() {
    return subject;
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
}
