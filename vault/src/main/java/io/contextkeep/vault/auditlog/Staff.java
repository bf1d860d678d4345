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
 * Who is behind the pseudonyms by which the log names people who work here. The log is for ever and
 * customers see their part of it; this table is for auditors, and a row of it can be forgotten.
 */
public final class Staff {
  /** A pseudonym and whose it is. */
  public record Member(String pseudonym, String name) {
    @Override
    public String toString() {
      return "Member[" + pseudonym + ", redacted]";
    }
  }

  private final Db db;
  private final StaffNames names;

  /** Those whose row is durable. */
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  public Staff(Db db, StaffNames names) {
    this.db = db;
    this.names = names;
  }

  /**
   * The caller as everything behind authentication, above all the log, may know them: people under
   * their pseudonym, services and customers as they are. Who is behind a new one is durable when
   * this returns, or else the log would name somebody whom nobody can find.
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

  /** All of them, or the one with that pseudonym. */
  public List<Member> members(Connection c, Optional<String> pseudonym) throws SQLException {
    return pseudonym.isPresent()
        ? Sql.query(
            c,
            "SELECT pseudonym, sealed FROM staff WHERE pseudonym = ?",
            this::member,
            pseudonym.get())
        : Sql.query(c, "SELECT pseudonym, sealed FROM staff ORDER BY pseudonym", this::member);
  }

  private Member member(ResultSet row) throws SQLException {
    return new Member(row.getString(1), names.open(row.getString(1), row.getBytes(2)));
  }

  /**
   * Returns whether two pseudonyms are accounts of one person: their names are one, whatever the
   * issuer of the token and however they are written.
   */
  public boolean isSamePerson(String one, String other) {
    return db.inRead(
        c -> {
          Set<String> people = new HashSet<>();
          for (String pseudonym : List.of(one, other)) {
            members(c, Optional.of(pseudonym)).forEach(member -> people.add(person(member)));
          }
          return people.size() < 2;
        });
  }

  /** The name without the issuer that stands before it. */
  private static String person(Member member) {
    String name = Normalizer.normalize(member.name(), Normalizer.Form.NFKC);
    return name.substring(name.lastIndexOf(':') + 1).strip().toLowerCase(Locale.ROOT);
  }

  /** Returns the pseudonym of somebody who has signed in here under that name. */
  public Optional<String> pseudonym(String name) {
    String pseudonym = names.pseudonym(name);
    return db.inRead(c -> members(c, Optional.of(pseudonym))).isEmpty()
        ? Optional.empty()
        : Optional.of(pseudonym);
  }

  /** Returns the name behind a pseudonym; the pseudonym itself where it was forgotten. */
  public String name(String pseudonym) {
    return db.inRead(c -> members(c, Optional.of(pseudonym))).stream()
        .map(Member::name)
        .findFirst()
        .orElse(pseudonym);
  }

  private int remember(Connection c, String pseudonym, String name) throws SQLException {
    return Sql.update(
        c,
        "INSERT INTO staff (pseudonym, sealed) VALUES (?, ?) ON CONFLICT DO NOTHING",
        pseudonym,
        names.seal(pseudonym, name));
  }
}
