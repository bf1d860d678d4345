package io.contextkeep.ontology;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The names of things in the vault's graphs. Each is made of a random number, a serial number or a
 * code; {@link PiiGuard} accepts no other form.
 */
public final class Urns {
  private static final String ROOT = "urn:contextkeep:";
  private static final String CODE = "[A-Za-z0-9._-]{1,64}";
  private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

  static final Pattern SUBJECT = Pattern.compile(ROOT + "subject:[0-9a-f]{16}");
  static final Pattern CONSENT = Pattern.compile(ROOT + "consent:[0-9]{1,19}");
  static final Pattern DURATION = Pattern.compile(CONSENT + ":duration");
  static final Pattern APP = Pattern.compile(ROOT + "app:" + CODE);
  static final Pattern NOTICE = Pattern.compile(ROOT + "notice:" + CODE);
  static final Pattern METHOD = Pattern.compile(ROOT + "method:" + CODE);
  static final Pattern BATCH = Pattern.compile(ROOT + "batch:" + UUID);
  static final Pattern COLLECTION = Pattern.compile(BATCH + ":(dpv|pd):[A-Za-z]{1,64}");

  private static final String RULE_CODE = "[a-z][a-z_]{0,30}\\.v[0-9]{1,4}";

  static final Pattern RULE = Pattern.compile(ROOT + "rule:" + RULE_CODE);
  static final Pattern DERIVED = Pattern.compile(COLLECTION + ":(derived|inferred):" + RULE_CODE);
  static final Pattern ASSOCIATION = Pattern.compile(BATCH + ":association:" + RULE_CODE);
  static final Pattern REMOVAL = Pattern.compile(ROOT + "removal:[0-9]{1,19}");
  static final Pattern REMOVED = Pattern.compile(REMOVAL + ":(dpv|pd):[A-Za-z]{1,64}");
  static final Pattern ACCESSES =
      Pattern.compile(ROOT + "accesses:[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}");
  static final Pattern ACCESS = Pattern.compile(ACCESSES + ":[0-9]{1,9}");
  static final Pattern ACCESS_ASSOCIATION = Pattern.compile(ACCESS + ":association");
  static final Pattern POLICY = Pattern.compile(ROOT + "policy:" + CODE);
  static final Pattern DECISION = Pattern.compile(ROOT + "decision:(permit|refuse)");
  static final Pattern RELEASE = Pattern.compile(ROOT + "release:[0-9]{1,19}");

  private Urns() {}

  public static String subject(SubjectId subject) {
    return ROOT + "subject:" + subject;
  }

  public static String consent(ConsentEvent event) {
    return consent(Long.toString(event.id()));
  }

  /** Returns the name of the consent of a number. */
  static String consent(String number) {
    return ROOT + "consent:" + number;
  }

  /** Returns the name of a consent's duration. */
  public static String duration(ConsentEvent event) {
    return duration(consent(event));
  }

  static String duration(String consent) {
    return consent + ":duration";
  }

  /** Returns the number in the name of a consent or of its duration. */
  static Optional<String> consentNumber(String name) {
    return CONSENT.matcher(name).matches() || DURATION.matcher(name).matches()
        ? Optional.of(name.split(":", -1)[3])
        : Optional.empty();
  }

  public static String recipient(ConsentEvent event) {
    return event.recipient().equals("*") ? Vocabulary.ANYONE : app(event.recipient());
  }

  public static String app(String id) {
    return ROOT + "app:" + id;
  }

  public static String notice(ConsentEvent event) {
    return ROOT + "notice:" + event.noticeVersion();
  }

  public static String method(ConsentEvent event) {
    return ROOT + "method:" + event.method();
  }

  public static String release(long charge) {
    return ROOT + "release:" + charge;
  }

  public static String batch(IngestBatch batch) {
    return batch(batch.id());
  }

  public static String batch(String id) {
    return ROOT + "batch:" + id;
  }

  public static String rule(String code) {
    return ROOT + "rule:" + code;
  }

  /** Returns the name of the derived values of a batch of one category by one rule. */
  static String derived(IngestBatch batch, BatchDerivation derived) {
    return collection(batch, derived.category())
        + (derived.inferred() ? ":inferred:" : ":derived:")
        + derived.rule();
  }

  static String association(IngestBatch batch, String rule) {
    return batch(batch) + ":association:" + rule;
  }

  public static String removal(Invalidation invalidation) {
    return ROOT + "removal:" + invalidation.number();
  }

  /** Returns the name of the values of a category that were removed together. */
  static String removed(Invalidation invalidation, DataCategory category) {
    return removal(invalidation) + ":" + category.curie();
  }

  /** Returns the name of an hour's accesses. */
  static String accesses(AccessHour hour) {
    return ROOT + "accesses:" + hour.name();
  }

  /** Returns the name of one count of an hour, by its place. */
  static String access(AccessHour hour, int place) {
    return accesses(hour) + ":" + place;
  }

  /** Returns the name of a policy; empty if its revision is not a code. */
  static Optional<String> policy(String revision) {
    return Optional.of(ROOT + "policy:" + revision).filter(POLICY.asMatchPredicate());
  }

  static String decision(boolean permitted) {
    return ROOT + "decision:" + (permitted ? "permit" : "refuse");
  }

  static String collection(String batch, DataCategory category) {
    return batch(batch) + ":" + category.curie();
  }

  /** Returns the name of the values of a batch of one category. */
  public static String collection(IngestBatch batch, DataCategory category) {
    return collection(batch.id(), category);
  }
}
