package io.contextkeep.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A search by an auditor; an empty condition matches all entries. Conditions on the kind of entry,
 * on the request and on the time can be combined freely.
 *
 * @param reason one of the reasons of a refusal
 * @param from the beginning in milliseconds since 1970, inclusive
 * @param to the end in milliseconds since 1970, exclusive
 * @param subject a customer, whom only a privileged and recorded query may name
 */
public record AuditQuery(
    Optional<String> type,
    Optional<String> actor,
    Optional<String> role,
    Optional<String> purpose,
    Optional<String> basis,
    Optional<String> decision,
    Optional<String> reason,
    Optional<String> policy,
    Optional<String> request,
    Optional<Long> from,
    Optional<Long> to,
    Optional<Long> subject) {

  /**
   * The condition on a row of {@code audit_kind k}. It is the same for every query: a part without
   * a condition is compared with itself, and a reason without one with the spaces between the
   * reasons.
   */
  static final String KIND_CONDITION =
      """
      k.type = coalesce(?, k.type) AND k.actor = coalesce(?, k.actor)
        AND k.role = coalesce(?, k.role) AND k.purpose = coalesce(?, k.purpose)
        AND k.basis = coalesce(?, k.basis) AND k.decision = coalesce(?, k.decision)
        AND k.policy = coalesce(?, k.policy) AND ' ' || k.reasons || ' '
          <> replace(' ' || k.reasons || ' ', coalesce(' ' || ? || ' ', ' '), '')\
      """;

  /** The query of all entries. */
  public static final AuditQuery ALL =
      of(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** Returns the query of what an app was permitted for a purpose. */
  public static AuditQuery permittedTo(String app, String purpose) {
    return of(Optional.of(app), Optional.of("app"), Optional.of(purpose), Optional.of("permit"));
  }

  private static AuditQuery of(
      Optional<String> actor,
      Optional<String> role,
      Optional<String> purpose,
      Optional<String> decision) {
    return new AuditQuery(
        Optional.empty(),
        actor,
        role,
        purpose,
        Optional.empty(),
        decision,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** Returns a copy limited to a type. */
  public AuditQuery withType(EntryType only) {
    return new AuditQuery(
        Optional.of(only.code()),
        actor,
        role,
        purpose,
        basis,
        decision,
        reason,
        policy,
        request,
        from,
        to,
        subject);
  }

  /** Returns a copy limited to an actor. */
  public AuditQuery withActor(String name) {
    return with(Optional.of(name), role, request, from, to);
  }

  /** Returns a copy limited to a role. */
  public AuditQuery withRole(String name) {
    return with(actor, Optional.of(name), request, from, to);
  }

  /** Returns a copy limited to a request. */
  public AuditQuery withRequest(String id) {
    return with(actor, role, Optional.of(id), from, to);
  }

  /**
   * Returns a copy limited to a period.
   *
   * @param first the beginning in milliseconds since 1970, inclusive
   * @param end the end in milliseconds since 1970, exclusive
   */
  public AuditQuery within(long first, long end) {
    return with(actor, role, request, Optional.of(first), Optional.of(end));
  }

  private AuditQuery with(
      Optional<String> actor,
      Optional<String> role,
      Optional<String> request,
      Optional<Long> from,
      Optional<Long> to) {
    return new AuditQuery(
        type, actor, role, purpose, basis, decision, reason, policy, request, from, to, subject);
  }

  /** Returns whether the query is limited to some kinds of entries. */
  boolean ofSomeKinds() {
    return parts().stream().anyMatch(Optional::isPresent);
  }

  /** Returns whether entries of the kind are asked for. */
  boolean fits(Kind kind) {
    return isAsked(type, kind.type())
        && isAsked(actor, kind.actor())
        && isAsked(role, kind.role())
        && isAsked(purpose, kind.purpose())
        && isAsked(basis, kind.basis())
        && isAsked(decision, kind.decision())
        && isAsked(policy, kind.policy())
        && (reason.isEmpty() || List.of(kind.reasons().split(" ")).contains(reason.get()));
  }

  /** Returns whether the entry is one of those, apart from its customer and time. */
  boolean fits(SearchIndex.Found entry) {
    return isAsked(request, entry.request()) && fits(entry.kind());
  }

  private static boolean isAsked(Optional<String> part, String word) {
    return part.isEmpty() || part.get().equals(word);
  }

  /** Returns the arguments of {@link #KIND_CONDITION}, in order. */
  List<@Nullable Object> arguments() {
    List<@Nullable Object> arguments = new ArrayList<>();
    parts().forEach(part -> arguments.add(part.orElse(null)));
    return arguments;
  }

  private List<Optional<String>> parts() {
    return List.of(type, actor, role, purpose, basis, decision, policy, reason);
  }

  /** Returns a text that shows whether a customer is named, but not which. */
  @Override
  public String toString() {
    return "AuditQuery[redacted]";
  }
}
