package io.contextkeep.vault.rights;

import io.contextkeep.audit.AuditReader;
import io.contextkeep.ontology.RequestState;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tables of cases. What ties a case to a customer is in a separate table, which erasure
 * empties.
 */
public final class Cases {
  private static final int MAX_DELETED = 500;

  private static final String CASE =
      """
      SELECT r.id, r.kind, r.term, r.rules, r.jurisdiction, r.made, r.confirm_by, r.due, r.extended,
        r.answered, r.outcome, s.subject, s.purpose, s.attribute, s.decision
      FROM rights_request r LEFT JOIN rights_subject s ON s.request = r.id\
      """;

  /** Selects the cases after one that is given by its id. */
  private static final String MATCHING =
      CASE
          + " WHERE r.state = coalesce(?, r.state) AND r.kind = coalesce(?, r.kind)"
          + " AND r.due < coalesce(?, r.due + 1)"
          + (" AND coalesce(?, " + Clock.SQL + ") = " + Clock.SQL)
          + " AND (r.due, r.id) > (coalesce((SELECT due FROM rights_request WHERE id = ?), -1), ?)"
          + " ORDER BY r.due, r.id LIMIT ?";

  /** The cases to list; what is empty narrows nothing. */
  public record Filter(
      Optional<RequestState> state,
      Optional<Right> right,
      Optional<Clock> clock,
      Optional<Instant> dueUntil) {}

  /** Called at each step, in its transaction. */
  @FunctionalInterface
  public interface Watcher {
    void moved(Connection c, String request, Instant at) throws SQLException;
  }

  private final Watcher watcher;

  public Cases(Watcher watcher) {
    this.watcher = watcher;
  }

  void add(Connection c, RightsCase one) throws SQLException {
    Sql.update(
        c,
        """
        INSERT INTO rights_request (id, kind, term, rules, jurisdiction, state, made, confirm_by, due, extended)
        VALUES (?, ?, ?, ?, ?, '', ?, ?, ?, 0)\
        """,
        one.id(),
        one.right().code(),
        one.term(),
        one.rules(),
        one.jurisdiction(),
        one.made().toEpochMilli(),
        millis(one.confirmBy()),
        one.due().toEpochMilli());
    if (one.subject().isPresent()) {
      Sql.update(
          c,
          """
          INSERT INTO rights_subject (request, subject, purpose, attribute, decision)
          VALUES (?, ?, ?, ?, ?)\
          """,
          one.id(),
          one.subject().get().value(),
          one.matter().purpose().orElse(null),
          one.matter().attribute().orElse(null),
          one.matter().decision().orElse(null));
    }
  }

  /** Stores the last step of a case, and what it changed. */
  void moved(Connection c, RightsCase one, Optional<Instant> keepUntil) throws SQLException {
    RightsCase.Step step = one.steps().getLast();
    Sql.update(
        c,
        "INSERT INTO rights_step VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        one.id(),
        one.steps().size(),
        step.state().curie(),
        step.at().toEpochMilli(),
        step.reason().orElse(null),
        step.entry(),
        step.evidence().map(RightsCase.Evidence::index).orElse(null),
        step.evidence().map(RightsCase.Evidence::leafHash).orElse(null));
    Sql.update(
        c,
        """
        UPDATE rights_request SET state = ?, due = ?, extended = ?, answered = ?, outcome = ?,
          closed = ?, keep_until = ? WHERE id = ?\
        """,
        step.state().curie(),
        one.due().toEpochMilli(),
        one.extended(),
        millis(one.answered()),
        one.outcome().orElse(null),
        step.state().isFinal() ? step.at().toEpochMilli() : null,
        millis(keepUntil),
        one.id());
    Sql.update(
        c,
        "UPDATE rights_subject SET closed = ? WHERE request = ?",
        step.state().isFinal(),
        one.id());
    watcher.moved(c, one.id(), step.at());
  }

  public Optional<RightsCase> find(Connection c, String id) throws SQLException {
    return whole(c, Sql.query(c, CASE + " WHERE r.id = ?", Cases::bare, id)).stream().findFirst();
  }

  /** Returns a customer's cases, the newest first. */
  public List<RightsCase> of(Connection c, SubjectId subject, int limit) throws SQLException {
    return whole(
        c,
        Sql.query(
            c,
            CASE + " WHERE s.subject = ? ORDER BY r.made DESC, r.id LIMIT ?",
            Cases::bare,
            subject.value(),
            limit));
  }

  /** Returns a customer's cases that have not ended. */
  List<RightsCase> openOf(Connection c, SubjectId subject) throws SQLException {
    return whole(
        c,
        Sql.query(
            c,
            CASE + " WHERE s.subject = ? AND s.closed = 0 ORDER BY r.made, r.id",
            Cases::bare,
            subject.value()));
  }

  /**
   * Lists the cases that match the filter, the next due first.
   *
   * @param after the id of the case before the first one
   */
  public List<RightsCase> all(
      Connection c, Filter filter, Optional<String> after, int limit, Instant now)
      throws SQLException {
    return whole(
        c,
        Sql.query(
            c,
            MATCHING,
            Cases::bare,
            filter.state().map(RequestState::curie).orElse(null),
            filter.right().map(Right::code).orElse(null),
            millis(filter.dueUntil()),
            filter.clock().map(Clock::code).orElse(null),
            soon(now),
            now.toEpochMilli(),
            soon(now),
            now.toEpochMilli(),
            after.orElse(""),
            after.orElse(""),
            limit));
  }

  /** Returns whether an entry of the log is about another customer than the case. */
  public boolean isAboutAnother(Connection c, long entry, RightsCase one) throws SQLException {
    return AuditReader.subject(c, entry)
        .map(SubjectId::new)
        .filter(subject -> !subject.isNobody())
        .filter(subject -> !one.subject().equals(Optional.of(subject)))
        .isPresent();
  }

  /** Counts the cases whose answer is due soon, from an index of those alone. */
  public long dueSoon(Connection c, Instant now) throws SQLException {
    return waiting(c, now.toEpochMilli(), soon(now));
  }

  /** Counts the cases whose time to answer has run out. */
  public long overdue(Connection c, Instant now) throws SQLException {
    return waiting(c, -1, now.toEpochMilli());
  }

  private static long waiting(Connection c, long after, long until) throws SQLException {
    return Sql.one(
            c,
            """
            SELECT count(*) FROM rights_request
            WHERE answered IS NULL AND due > ? AND due <= ?\
            """,
            row -> row.getLong(1),
            after,
            until)
        .orElseThrow();
  }

  /**
   * Deletes cases that are past their retention, a limited number per transaction, and returns how
   * many.
   */
  int forget(Connection c, Instant now) throws SQLException {
    List<String> old =
        Sql.query(
            c,
            "SELECT id FROM rights_request WHERE keep_until <= ? LIMIT ?",
            row -> row.getString(1),
            now.toEpochMilli(),
            MAX_DELETED);
    for (String id : old) {
      Sql.update(c, "DELETE FROM rights_step WHERE request = ?", id);
      Sql.update(c, "DELETE FROM rights_subject WHERE request = ?", id);
      Sql.update(c, "DELETE FROM rights_agent_request WHERE request = ?", id);
      Sql.update(c, "DELETE FROM rights_request WHERE id = ?", id);
    }
    return old.size();
  }

  private static List<RightsCase> whole(Connection c, List<RightsCase> bare) throws SQLException {
    List<RightsCase> whole = new ArrayList<>();
    for (RightsCase one : bare) {
      RightsCase made = one;
      for (RightsCase.Step step : steps(c, one.id())) {
        made = made.with(step);
      }
      whole.add(made);
    }
    return whole;
  }

  private static List<RightsCase.Step> steps(Connection c, String id) throws SQLException {
    return Sql.query(
        c,
        """
        SELECT state, at, reason, entry, evidence, evidence_hash FROM rights_step
        WHERE request = ? ORDER BY n\
        """,
        Cases::step,
        id);
  }

  private static RightsCase.Step step(ResultSet row) throws SQLException {
    Optional<String> hash = Optional.ofNullable(row.getString(6));
    long evidence = row.getLong(5);
    return new RightsCase.Step(
        RequestState.parse(row.getString(1)).orElseThrow(),
        Instant.ofEpochMilli(row.getLong(2)),
        Optional.ofNullable(row.getString(3)),
        row.getLong(4),
        hash.map(leaf -> new RightsCase.Evidence(evidence, leaf)));
  }

  private static RightsCase bare(ResultSet row) throws SQLException {
    return new RightsCase(
        row.getString(1),
        Right.parse(row.getString(2)).orElseThrow(),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        number(row, 12).map(SubjectId::new),
        new RightsCase.Matter(
            Optional.ofNullable(row.getString(13)),
            Optional.ofNullable(row.getString(14)),
            number(row, 15)),
        Instant.ofEpochMilli(row.getLong(6)),
        number(row, 7).map(Instant::ofEpochMilli),
        Instant.ofEpochMilli(row.getLong(8)),
        row.getInt(9) != 0,
        number(row, 10).map(Instant::ofEpochMilli),
        Optional.ofNullable(row.getString(11)),
        List.of());
  }

  private static Optional<Long> number(ResultSet row, int column) throws SQLException {
    return Optional.ofNullable(Sql.number(row, column));
  }

  private static @Nullable Long millis(Optional<Instant> at) {
    return at.map(Instant::toEpochMilli).orElse(null);
  }

  private static long soon(Instant now) {
    return now.plus(Clock.SOON).toEpochMilli();
  }
}
