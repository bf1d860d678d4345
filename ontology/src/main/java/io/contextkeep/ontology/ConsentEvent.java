package io.contextkeep.ontology;

import java.time.Instant;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A consent event about one purpose and one recipient, caused by the customer, the law or time.
 * Events are only added, never changed. They hold codes and no free text, as they are projected
 * into a graph that cannot forget literals.
 *
 * @param id the number of the event in the order of receipt; 0 before it has one
 * @param recipient an app's id, or {@code *} for everyone
 * @param by who indicated it: the customer or their guardian gives, refuses and withdraws; others
 *     revoke
 * @param noticeVersion the notice that was shown, as {@code id.version}
 * @param method the code of the method ({@code portal}, {@code api}, {@code paper})
 * @param expiresAt the end of a grant, if it has one
 */
public record ConsentEvent(
    long id,
    SubjectId subject,
    Purpose purpose,
    String recipient,
    ConsentStatus status,
    Indicator by,
    boolean explicit,
    String noticeVersion,
    String language,
    String method,
    Instant at,
    @Nullable Instant expiresAt) {
  private static final Pattern CODE = Pattern.compile("[A-Za-z0-9._-]{1,64}|\\*");
  private static final Pattern LANGUAGE = Pattern.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}");

  /**
   * @throws IllegalArgumentException naming the part that is not a code, an expiry before the
   *     event, an indicator that may not state this, or a guardian's consent without an end
   */
  public ConsentEvent {
    check("recipient", CODE, recipient);
    check("notice version", CODE, noticeVersion);
    check("method", CODE, method);
    check("language", LANGUAGE, language);
    if (expiresAt != null && !expiresAt.isAfter(at)) {
      throw new IllegalArgumentException("A consent expires after it is given, not before");
    }
    if (!by.maySay(status)) {
      throw new IllegalArgumentException(status + " is not for a " + by + " to say");
    }
    if (by == Indicator.GUARDIAN && status.allows() && expiresAt == null) {
      throw new IllegalArgumentException(
          "A guardian's consent ends when the child comes of age: it needs an expiry");
    }
  }

  /** Makes an event by its usual indicator. */
  public ConsentEvent(
      long id,
      SubjectId subject,
      Purpose purpose,
      String recipient,
      ConsentStatus status,
      boolean explicit,
      String noticeVersion,
      String language,
      String method,
      Instant at,
      @Nullable Instant expiresAt) {
    this(
        id,
        subject,
        purpose,
        recipient,
        status,
        Indicator.usual(status),
        explicit,
        noticeVersion,
        language,
        method,
        at,
        expiresAt);
  }

  /**
   * Returns whether it repeats the current state: the same refusal, or consent to the same notice
   * that allows as much for as long.
   */
  public boolean repeats(ConsentEvent standing) {
    return status == standing.status
        && by == standing.by
        && (!status.allows()
            || explicit == standing.explicit
                && noticeVersion.equals(standing.noticeVersion)
                && language.equals(standing.language)
                && Objects.equals(expiresAt, standing.expiresAt));
  }

  public ConsentEvent withId(long newId) {
    return new ConsentEvent(
        newId,
        subject,
        purpose,
        recipient,
        status,
        by,
        explicit,
        noticeVersion,
        language,
        method,
        at,
        expiresAt);
  }

  /** Returns the event at another instant. */
  public ConsentEvent saidAt(Instant instant) {
    return new ConsentEvent(
        id,
        subject,
        purpose,
        recipient,
        status,
        by,
        explicit,
        noticeVersion,
        language,
        method,
        instant,
        expiresAt);
  }

  private static void check(String name, Pattern pattern, String value) {
    if (!pattern.matcher(value).matches()) {
      throw new IllegalArgumentException("The " + name + " must match " + pattern);
    }
  }

  /** Returns the event with another notice. */
  public ConsentEvent underNotice(String reference, String shownIn) {
    return new ConsentEvent(
        id, subject, purpose, recipient, status, by, explicit, reference, shownIn, method, at,
        expiresAt);
  }
}
