package io.contextkeep.vault.context;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.policy.Question;
import io.contextkeep.vault.consent.ConsentLedger;
import io.contextkeep.vault.consent.ConsentRow;
import io.contextkeep.vault.consent.PackedConsent;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.registry.Attribute;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The query of a statistic for consecutive customers: what {@link CapsuleQuery} reads of one
 * customer, read by a few statements for all of them. Every statement gives its rows in the order
 * of the customers.
 */
final class CohortQuery {

  /**
   * Row keys of customers to read.
   *
   * @param after exclusive
   * @param until inclusive
   * @param most the maximum number of customers
   */
  record Keys(long after, long until, int most) {}

  private final String purpose;
  private final String app;
  private final CohortPath.Wanted wanted;
  private final Situation.All situations;
  private final boolean everybody;

  /** What the policy is told of consents to the purpose, by their codes. */
  private final Question.@Nullable Consent[] facts = new Question.Consent[PackedConsent.CODES];

  /**
   * @param app the app whose customers are counted
   * @param everybody whether customers of whom nothing is known take part; otherwise they are left
   *     out, which is most of the directory
   */
  CohortQuery(
      String purpose,
      String app,
      CohortPath.Wanted wanted,
      Situation.All situations,
      boolean everybody) {
    this.purpose = purpose;
    this.app = app;
    this.wanted = wanted;
    this.situations = situations;
    this.everybody = everybody;
  }

  /** Returns the first customers of those keys, as of one moment. */
  Cohort run(Connection c, Keys keys, Instant now) throws SQLException {
    Optional<SubjectId> last = Customers.last(c, keys.after(), keys.until(), keys.most());
    long until = last.map(SubjectId::value).orElse(keys.until());
    Chunk chunk = new Chunk(c, keys.after(), until, now);
    chunk.readOthers();
    chunk.readConsents();
    if (!chunk.members.isEmpty()) {
      chunk.readSealed();
    }
    return new Cohort(chunk.members, until, last.isPresent());
  }

  /** What is known of a customer apart from their consents. */
  private static final class Other {
    static final Other NOTHING = new Other(false, false);

    final boolean restricted;
    final boolean erasing;
    final List<String> objections = new ArrayList<>(0);

    Other(boolean restricted, boolean erasing) {
      this.restricted = restricted;
      this.erasing = erasing;
    }
  }

  /** The customers of one query, who are added in their order. */
  private final class Chunk {
    final Connection c;
    final long after;
    final long until;
    final Instant now;
    final SortedMap<Long, Other> others = new TreeMap<>();
    final List<Cohort.Member> members = new ArrayList<>();

    /** The consents of the customer whose rows are being read. */
    final List<PackedConsent> said = new ArrayList<>();

    long speaker;
    int place;

    Chunk(Connection c, long after, long until, Instant now) {
      this.c = c;
      this.after = after;
      this.until = until;
      this.now = now;
    }

    void readOthers() throws SQLException {
      Customers.each(
          c,
          after,
          until,
          everybody,
          (subject, restricted, erasing) -> others.put(subject, new Other(restricted, erasing)));
      ConsentLedger.eachObjection(
          c,
          after,
          until,
          (subject, objected) ->
              others
                  .computeIfAbsent(subject, _ -> new Other(false, false))
                  .objections
                  .add(objected));
    }

    void readConsents() throws SQLException {
      ConsentLedger.eachConsent(
          c,
          after,
          until,
          purpose,
          app,
          now.toEpochMilli(),
          (subject, consent) -> {
            if (subject != speaker) {
              addSpeaker();
              speaker = subject;
            }
            said.add(consent);
          });
      addSpeaker();
      others.forEach((subject, other) -> add(subject, List.of(), other));
    }

    /** Adds the customer whose consents were read, after those before them who have none. */
    private void addSpeaker() {
      SortedMap<Long, Other> before = others.headMap(speaker);
      before.forEach((subject, other) -> add(subject, List.of(), other));
      before.clear();
      if (!said.isEmpty()) {
        Other other = others.remove(speaker);
        add(speaker, said, other == null ? Other.NOTHING : other);
        said.clear();
      }
    }

    private void add(long subject, List<PackedConsent> consents, Other other) {
      if (other.erasing) {
        return;
      }
      Situation situation = consenting(situations.of(other.restricted), consents);
      for (String objected : other.objections) {
        situation = situation.objecting(objected);
      }
      members.add(new Cohort.Member(new SubjectId(subject), situation));
    }

    /** Returns the situation that consents lead to: each of them as it stands at present. */
    private Situation consenting(Situation from, List<PackedConsent> consents) {
      Situation situation = from;
      if (yields(consents)) {
        List<ConsentRow> rows = consents.stream().map(one -> one.unpacked(app)).toList();
        for (ConsentRow row : Facts.standing(rows, purpose, app)) {
          situation = situation.with(Facts.fact(row, now));
        }
      } else {
        for (PackedConsent consent : consents) {
          situation = situation.with(fact(consent));
        }
      }
      return situation;
    }

    private static boolean yields(List<PackedConsent> consents) {
      boolean yields = false;
      for (PackedConsent consent : consents) {
        yields |= consent.yields();
      }
      return yields;
    }

    private Question.Consent fact(PackedConsent consent) {
      if (consent.isToOther()) {
        return Facts.fact(consent.unpacked(app), now);
      }
      Question.Consent known = facts[consent.code()];
      if (known == null) {
        known = Facts.fact(consent.unpacked(app), now);
        facts[consent.code()] = known;
      }
      return known;
    }

    void readSealed() throws SQLException {
      for (Attribute attribute : wanted.attributes()) {
        place = 0;
        switch (attribute.kind()) {
          case VALUE -> ValidValues.each(c, after, until, attribute, now.toEpochMilli(), this::add);
          case EVENT -> StoredEvents.each(c, after, until, attribute, wanted, this::add);
        }
      }
    }

    /** Adds a value to its customer, unless they were left out. */
    private void add(long subject, Sealed sealed) {
      while (place < members.size() && members.get(place).subject().value() < subject) {
        place++;
      }
      if (place < members.size() && members.get(place).subject().value() == subject) {
        members.get(place).sealed().add(sealed);
      }
    }
  }
}
