package io.contextkeep.vault.consent;

import io.contextkeep.audit.Jcs;
import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.ontology.records.Consent;
import io.contextkeep.ontology.records.ConsentReceipt;
import io.contextkeep.ontology.records.Document;
import io.contextkeep.ontology.records.Form;
import io.contextkeep.ontology.records.Notice;
import io.contextkeep.ontology.records.NoticeReceipt;
import io.contextkeep.ontology.records.Shapes;
import io.contextkeep.vault.crypto.JwsKey;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The consent receipts of customers: one for each change, signed, with the records as the change
 * left them. The vault keeps only its place in the customer's history, its form and its address,
 * from which it is reproduced byte for byte, and deletes these with the history.
 *
 * <p>A receipt is current until the next change of a consent in it.
 */
final class ConsentReceipts {
  private static final String TYPE = "consent-receipt+jwt";

  /** The path of a list of states, which {@link StatusList#SIZE} receipts share. */
  private static final String LIST = "/v1/consent-receipts/status/";

  private final ConsentLedger ledger;
  private final Notices notices;
  private final JwsKey key;
  private final String issuer;
  private final Supplier<String> address;

  /** A stored receipt. */
  public record Kept(
      long number,
      SubjectId subject,
      long first,
      long last,
      Instant at,
      int form,
      boolean current,
      Optional<String> address) {}

  /** A receipt as it is given to the customer. */
  public record Signed(long number, String jws) {}

  /** The purpose and recipient of a consent. */
  private record About(String purpose, String recipient) {
    static About of(ConsentEvent event) {
      return new About(event.purpose().curie(), event.recipient());
    }
  }

  /**
   * @param issuer the vault's own name, a URI
   * @param address the absolute URL under which the vault is reached, without a slash at the end;
   *     asked only when something is signed
   */
  public ConsentReceipts(
      ConsentLedger ledger, Notices notices, JwsKey key, String issuer, Supplier<String> address) {
    this.ledger = ledger;
    this.notices = notices;
    this.key = key;
    this.issuer = issuer;
    this.address = address;
  }

  /**
   * Appends events of now to a customer's history, and their receipt, in the transaction that
   * records them. The ledger decides by which instant they are ordered. The number of their first
   * is the receipt's.
   *
   * @param events of one customer and one kind: all of them refusals, or none
   * @throws IllegalArgumentException if a consent would end before it begins
   * @return the receipt's number; empty where a consent refers to no notice that the vault has,
   *     since its record is incomplete
   */
  public Optional<Long> append(Connection c, Collection<ConsentEvent> events) throws SQLException {
    return append(c, events, Optional.empty());
  }

  /**
   * Appends events that may state when they were made.
   *
   * @param told the instant that they state; empty for now
   */
  public Optional<Long> append(
      Connection c, Collection<ConsentEvent> events, Optional<Instant> told) throws SQLException {
    ConsentEvent any = events.iterator().next();
    Instant at = ledger.placed(c, any.subject(), any.status().denies(), told);
    Optional<Long> act = Optional.empty();
    List<ConsentLedger.Appended> appended = new ArrayList<>();
    for (ConsentEvent event : events) {
      appended.add(ledger.append(c, event.saidAt(at), act));
      act = Optional.of(appended.getFirst().event().id());
      supersede(c, appended.getLast());
    }
    if (!haveWholeRecords(c, appended)) {
      return Optional.empty();
    }
    Sql.update(
        c,
        """
        INSERT INTO consent_receipt (number, subject, first, last, at, form, current, address)
        VALUES (?, ?, ?, ?, ?, ?, 1, ?)\
        """,
        act.orElseThrow(),
        any.subject().value(),
        appended.getFirst().event().id(),
        appended.getLast().event().id(),
        told.isPresent() ? ledger.now().toEpochMilli() : at.toEpochMilli(),
        Form.NEWEST.number(),
        address.get());
    return act;
  }

  /** Marks the older receipt of a changed consent as no longer current. */
  private static void supersede(Connection c, ConsentLedger.Appended changed) throws SQLException {
    Optional<Long> act = changed.before().act();
    if (act.isPresent()) {
      Sql.update(c, "UPDATE consent_receipt SET current = 0 WHERE number = ?", act.get());
    } else if (changed.before().newest().isPresent()) {
      supersedeAny(c, changed.event());
    }
  }

  /**
   * Marks all older receipts of a changed consent of which it is not kept which one is current,
   * since it has no state: there were only events without effect. The sign keeps SQLite from going
   * through all of the customer's events, of which current receipts name few.
   */
  private static void supersedeAny(Connection c, ConsentEvent changed) throws SQLException {
    Sql.update(
        c,
        """
        UPDATE consent_receipt SET current = 0 WHERE subject = ? AND current = 1 AND EXISTS (
          SELECT 1 FROM consent_event told
          WHERE told.id BETWEEN consent_receipt.first AND consent_receipt.last
            AND +told.subject = consent_receipt.subject
            AND told.purpose = ? AND told.recipient = ?)\
        """,
        changed.subject().value(),
        changed.purpose().curie(),
        changed.recipient());
  }

  /** Returns whether a receipt can be made, which needs the notices of consents. */
  private boolean haveWholeRecords(Connection c, Collection<ConsentLedger.Appended> appended)
      throws SQLException {
    Map<About, ConsentLedger.Appended> newest = new LinkedHashMap<>();
    appended.forEach(one -> newest.put(About.of(one.event()), one));
    for (ConsentLedger.Appended one : newest.values()) {
      boolean agreed = one.event().status().allows() || one.before().lastYes().isPresent();
      if (agreed && !notices.has(c, one.event().noticeVersion())) {
        return false;
      }
    }
    return true;
  }

  /** Returns each consent after a change; empty if the record of one of them is incomplete. */
  private List<Consent> consents(Connection c, SubjectId subject, long first, long last)
      throws SQLException {
    Map<About, List<ConsentEvent>> byMatter = new LinkedHashMap<>();
    for (ConsentEvent changed : ledger.between(c, subject, first, last)) {
      About matter = About.of(changed);
      if (!byMatter.containsKey(matter)) {
        byMatter.put(
            matter, ledger.history(c, subject, changed.purpose(), changed.recipient(), last));
      }
    }
    List<Consent> consents = new ArrayList<>();
    for (List<ConsentEvent> events : inOrder(byMatter.values())) {
      Optional<Notice> notice = notices.named(c, events.getLast().noticeVersion());
      boolean agreed = events.stream().anyMatch(event -> event.status().allows());
      if (agreed && notice.isEmpty()) {
        return List.of();
      }
      consents.add(new Consent(notice, events));
    }
    return consents;
  }

  /** Sorts histories by their first event, so that a receipt is reproduced byte for byte. */
  private static List<List<ConsentEvent>> inOrder(Collection<List<ConsentEvent>> histories) {
    return histories.stream()
        .sorted(Comparator.comparing(events -> events.getFirst().id()))
        .toList();
  }

  /**
   * Checks that a new consent has a record of the right shape, so that every appended event can
   * have a receipt.
   *
   * @throws io.contextkeep.ontology.records.ShapeRefused naming what its record lacks
   */
  public void check(Notice notice, ConsentEvent event) {
    Consent consent = new Consent(Optional.of(notice), List.of(event));
    Shapes.ofRecords()
        .check(Form.NEWEST.write(new ConsentReceipt(1, event.at(), issuer, List.of(consent))));
  }

  /**
   * Checks that a receipt can be made of the notice in that language.
   *
   * @throws io.contextkeep.ontology.records.ShapeRefused naming what it lacks
   */
  public void check(Notice notice, Notice.Text text, Instant at) {
    Shapes.ofRecords().check(Form.NEWEST.write(new NoticeReceipt(at, issuer, notice, text)));
  }

  /** Returns the number of the current receipt about the purpose and recipient of an event. */
  public Optional<Long> current(Connection c, ConsentEvent event) throws SQLException {
    return Sql.one(
        c,
        """
        SELECT number FROM consent_receipt WHERE current = 1 AND number = (
          SELECT act FROM consent_state WHERE subject = ? AND purpose = ? AND recipient = ?)\
        """,
        row -> row.getLong(1),
        event.subject().value(),
        event.purpose().curie(),
        event.recipient());
  }

  /** Returns a customer's receipts before a number, the newest first. */
  public static List<Kept> of(Connection c, SubjectId subject, long before, int limit)
      throws SQLException {
    return Sql.query(
        c,
        COLUMNS
            + " FROM consent_receipt WHERE subject = ? AND number < ? ORDER BY number DESC LIMIT ?",
        ConsentReceipts::kept,
        subject.value(),
        before,
        limit);
  }

  /** Returns one receipt of the customer, as it was issued. */
  public Optional<Signed> signed(Connection c, SubjectId subject, long number) throws SQLException {
    Optional<Kept> kept =
        Sql.one(
            c,
            COLUMNS + " FROM consent_receipt WHERE subject = ? AND number = ?",
            ConsentReceipts::kept,
            subject.value(),
            number);
    return kept.isEmpty() ? Optional.empty() : Optional.of(signed(c, kept.get()));
  }

  private Signed signed(Connection c, Kept kept) throws SQLException {
    ConsentReceipt receipt =
        new ConsentReceipt(
            kept.number(),
            kept.at(),
            issuer,
            consents(c, kept.subject(), kept.first(), kept.last()));
    Document document = Form.of(kept.form()).orElseThrow().write(receipt);
    Map<String, Object> payload = new LinkedHashMap<>(document.json());
    payload.put(
        "status",
        Map.of(
            "status_list",
            Map.of(
                "idx",
                kept.number() % StatusList.SIZE,
                "uri",
                kept.address().orElseGet(this::firstAddress)
                    + LIST
                    + kept.number() / StatusList.SIZE)));
    return new Signed(kept.number(), key.sign(TYPE, Jcs.bytes(payload)));
  }

  /** Signs that a notice existed in that version and language. The receipt names no person. */
  public String signed(Notice notice, Notice.Text text, Instant at) {
    return key.sign(
        "notice-receipt+jwt",
        Jcs.bytes(Form.NEWEST.write(new NoticeReceipt(at, issuer, notice, text)).json()));
  }

  /**
   * Returns the address in receipts that were signed before the address was kept. They must not
   * change, and they name their list by its path alone where the vault's name is no web address.
   */
  private String firstAddress() {
    return issuer.startsWith("http") ? issuer.replaceFirst("/+$", "") : "";
  }

  /** Returns a signed list of states; empty if no receipt of it was ever issued. */
  public Optional<String> status(Connection c, long list, Instant at) throws SQLException {
    long from = list * StatusList.SIZE;
    if (Sql.newest(c, "consent_receipt") < from) {
      return Optional.empty();
    }
    BitSet current = new BitSet(StatusList.SIZE);
    Sql.query(
            c,
            "SELECT number FROM consent_receipt WHERE current = 1 AND number BETWEEN ? AND ?",
            row -> row.getLong(1),
            from,
            from + StatusList.SIZE - 1)
        .forEach(number -> current.set((int) (number - from)));
    return Optional.of(
        key.sign(
            StatusList.TYPE, StatusList.claims(address.get() + LIST + list, issuer, current, at)));
  }

  /** Returns the key that signs receipts, as a JSON Web Key Set. */
  public String jwks() {
    return key.jwks();
  }

  private static final String COLUMNS =
      "SELECT number, subject, first, last, at, form, current, address";

  private static Kept kept(ResultSet row) throws SQLException {
    return new Kept(
        row.getLong(1),
        new SubjectId(row.getLong(2)),
        row.getLong(3),
        row.getLong(4),
        Instant.ofEpochMilli(row.getLong(5)),
        row.getInt(6),
        row.getInt(7) != 0,
        Optional.ofNullable(row.getString(8)));
  }
}
