package io.contextkeep.vault.auditlog;

import io.contextkeep.vault.crypto.StaffNames;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Caller;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.text.Normalizer;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The names behind the pseudonyms of staff in the log. The log is permanent and customers see their
 * part of it; this table is for auditors, and its rows can be deleted.
 */
public final class Staff {
  /** A member of staff with their pseudonym. */
  public record Member(String pseudonym, String name) {
    @Override
    public String toString() {
      return "Member[" + pseudonym + ", redacted]";
    }
  }

  private final Db db;
  private final StaffNames names;

  /** The pseudonyms whose rows are durable. */
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  public Staff(Db db, StaffNames names) {
    this.db = db;
    this.names = names;
  }

  /**
   * Returns the caller as all other parts, above all the log, see them: staff with their pseudonym,
   * services and customers unchanged. The name behind a new pseudonym is durable when this returns.
   */
  public Caller named(Caller caller) {
    return switch (caller.role()) {
      case ANALYST, AUDITOR, OPERATOR -> {
        String pseudonym = names.pseudonym(caller.id());
        if (!known.contains(pseudonym)) {
          db.inWrite(c -> remember(c, pseudonym, caller.id()));
          known.add(pseudonym);
        }
        yield caller.called(pseudonym);
      }
      case CUSTOMER, APP, SOURCE -> caller;
    };
  }

  /**
   * Returns members of staff in the order of their pseudonyms.
   *
   * @param pseudonym that of the one member to return
   * @param after the pseudonym before the first one
   */
  List<Member> members(Connection c, Optional<String> pseudonym, Optional<String> after, int limit)
      throws SQLException {
    return Sql.query(
        c,
        """
        SELECT pseudonym, sealed FROM staff
        WHERE pseudonym = coalesce(?, pseudonym) AND pseudonym > ? ORDER BY pseudonym LIMIT ?\
        """,
        this::member,
        pseudonym.orElse(null),
        after.orElse(""),
        limit);
  }

  private Optional<Member> member(Connection c, String pseudonym) throws SQLException {
    return Sql.one(
        c, "SELECT pseudonym, sealed FROM staff WHERE pseudonym = ?", this::member, pseudonym);
  }

  private Member member(ResultSet row) throws SQLException {
    return new Member(row.getString(1), names.open(row.getString(1), row.getBytes(2)));
  }

  /**
   * Returns whether two pseudonyms are accounts of one person: their names are equal without the
   * issuer and after normalisation.
   */
  public boolean isSamePerson(String one, String other) {
    return db.inRead(
        c -> {
          Set<String> people = new HashSet<>();
          for (String pseudonym : List.of(one, other)) {
            member(c, pseudonym).ifPresent(member -> people.add(person(member)));
          }
          return people.size() < 2;
        });
  }

  /** Returns the normalised name without the issuer's prefix. */
  private static String person(Member member) {
    String name = Normalizer.normalize(member.name(), Normalizer.Form.NFKC);
    return name.substring(name.lastIndexOf(':') + 1).strip().toLowerCase(Locale.ROOT);
  }

  /** Returns the pseudonym of a member of staff who has signed in with this name. */
  public Optional<String> pseudonym(String name) {
    String pseudonym = names.pseudonym(name);
    return db.inRead(c -> member(c, pseudonym)).map(Member::pseudonym);
  }

  /** Returns the name behind a pseudonym, or the pseudonym itself if its row was deleted. */
  public String name(String pseudonym) {
    return db.inRead(c -> member(c, pseudonym)).map(Member::name).orElse(pseudonym);
  }

  private int remember(Connection c, String pseudonym, String name) throws SQLException {
    return Sql.update(
        c,
        "INSERT INTO staff (pseudonym, sealed) VALUES (?, ?) ON CONFLICT DO NOTHING",
        pseudonym,
        names.seal(pseudonym, name));
  }
}
