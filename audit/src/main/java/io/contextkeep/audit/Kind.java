package io.contextkeep.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * The attributes that many entries share: all that they are searched and counted by, except the
 * time, the request and the customer. There are few kinds, whatever the length of the log, because
 * each part is one of few coded words; so an entry names its kind by a number, and one index of
 * these numbers answers every combination of conditions.
 *
 * @param reasons the reasons of a refusal, in the leaf's order, separated by spaces; "" like every
 *     part that an entry does not have
 */
record Kind(
    String type,
    String actor,
    String role,
    String purpose,
    String basis,
    String decision,
    String reasons,
    String policy) {

  static final String SCHEMA =
      """
      CREATE TABLE audit_kind (
        id INTEGER PRIMARY KEY, type TEXT NOT NULL, actor TEXT NOT NULL, role TEXT NOT NULL,
        purpose TEXT NOT NULL, basis TEXT NOT NULL, decision TEXT NOT NULL, reasons TEXT NOT NULL,
        policy TEXT NOT NULL) STRICT;
      CREATE UNIQUE INDEX audit_kind_parts ON audit_kind (
        type, actor, role, purpose, basis, decision, reasons, policy);
      CREATE TABLE audit_tally (
        hour INTEGER NOT NULL, kind INTEGER NOT NULL, entries INTEGER NOT NULL,
        PRIMARY KEY (hour, kind)) STRICT, WITHOUT ROWID;
      """;

  static final String COLUMNS = "type, actor, role, purpose, basis, decision, reasons, policy";

  /** Returns the kind of a leaf. */
  static Kind of(String leaf) {
    return new Kind(
        Leaf.word(leaf, "type"),
        Leaf.word(leaf, "actor"),
        Leaf.word(leaf, "role"),
        Leaf.word(leaf, "purpose"),
        Leaf.word(leaf, "basis"),
        Leaf.word(leaf, "decision"),
        String.join(" ", Leaf.words(leaf, "reasons")),
        Leaf.word(leaf, "policy"));
  }

  /** Reads {@link #COLUMNS} from a column on. */
  static Kind of(ResultSet row, int first) throws SQLException {
    return new Kind(
        row.getString(first),
        row.getString(first + 1),
        row.getString(first + 2),
        row.getString(first + 3),
        row.getString(first + 4),
        row.getString(first + 5),
        row.getString(first + 6),
        row.getString(first + 7));
  }

  /** Returns the values in the order of {@link #COLUMNS}. */
  List<String> parts() {
    return List.of(type, actor, role, purpose, basis, decision, reasons, policy);
  }
}
