package io.contextkeep.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
    return !arguments().isEmpty();
  }

  /** The condition on a row of {@code audit_kind k}, with a question mark for each argument. */
  String kindCondition() {
    StringBuilder sql = new StringBuilder("1 = 1");
    and(sql, "type", type);
    and(sql, "actor", actor);
    and(sql, "role", role);
    and(sql, "purpose", purpose);
    and(sql, "basis", basis);
    and(sql, "decision", decision);
    and(sql, "policy", policy);
    reason.ifPresent(_ -> sql.append(" AND instr(' ' || k.reasons || ' ', ' ' || ? || ' ') > 0"));
    return sql.toString();
  }

  /** The arguments of {@link #kindCondition}, in order. */
  List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    for (Optional<String> part :
        List.of(type, actor, role, purpose, basis, decision, policy, reason)) {
      part.ifPresent(arguments::add);
    }
    return arguments;
  }

  private static void and(StringBuilder sql, String column, Optional<String> part) {
    part.ifPresent(_ -> sql.append(" AND k.").append(column).append(" = ?"));
  }

  /** Whether the customer is named, whoever reads this sees. */
  @Override
  public String toString() {
    return "AuditQuery[redacted]";
  }
}
