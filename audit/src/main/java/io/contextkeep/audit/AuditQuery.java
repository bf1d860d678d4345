package io.contextkeep.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an auditor looks for; empty means all. Conditions on what entries have in common, on the
 * request and on the time can be combined freely.
 *
 * @param reason one of the reasons for which it was refused
 * @param from milliseconds since 1970, the first that counts
 * @param to milliseconds since 1970, the first that does not count any more
 * @param subject a customer, whom only a privileged and itself recorded query may name
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
   * The condition on a row of {@code audit_kind k}. It is the same for every query: a part that is
   * not asked for is compared with itself, and a reason that is not with the spaces between them.
   */
  static final String KIND_CONDITION =
      """
      k.type = coalesce(?, k.type) AND k.actor = coalesce(?, k.actor)
        AND k.role = coalesce(?, k.role) AND k.purpose = coalesce(?, k.purpose)
        AND k.basis = coalesce(?, k.basis) AND k.decision = coalesce(?, k.decision)
        AND k.policy = coalesce(?, k.policy) AND ' ' || k.reasons || ' '
          <> replace(' ' || k.reasons || ' ', coalesce(' ' || ? || ' ', ' '), '')\
      """;

  /** Every entry. */
  public static final AuditQuery ALL =
      new AuditQuery(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /** The same of one type of entries only. */
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

  /** The same of one actor only. */
  public AuditQuery withActor(String name) {
    return with(Optional.of(name), role, request, from, to);
  }

  /** The same of one role only. */
  public AuditQuery withRole(String name) {
    return with(actor, Optional.of(name), request, from, to);
  }

  /** The same of one request only. */
  public AuditQuery withRequest(String id) {
    return with(actor, role, Optional.of(id), from, to);
  }

  /**
   * The same of one time only.
   *
   * @param first milliseconds since 1970, the first that counts
   * @param end milliseconds since 1970, the first that does not count any more
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

  /** Whether some kinds of entries are looked for, and not all. */
  boolean ofSomeKinds() {
    return parts().stream().anyMatch(Optional::isPresent);
  }

  /** The arguments of {@link #KIND_CONDITION}, in order. */
  List<@Nullable Object> arguments() {
    List<@Nullable Object> arguments = new ArrayList<>();
    parts().forEach(part -> arguments.add(part.orElse(null)));
    return arguments;
  }

  private List<Optional<String>> parts() {
    return List.of(type, actor, role, purpose, basis, decision, policy, reason);
  }

  /** Whether the customer is named, whoever reads this sees. */
  @Override
  public String toString() {
    return "AuditQuery[redacted]";
  }
}
