package io.contextkeep.ontology;

import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Something a customer (or the law, or time) said about one purpose and one recipient. Events are
 * only ever added. They hold coded words, never free text: they are projected into a graph that
 * cannot forget a literal.
 *
 * @param id the event's place in the order in which the vault took events in; 0 before it has one
 * @param recipient an app's id, or {@code *} for everyone
 * @param method how it was indicated, as a code ({@code portal}, {@code api}, {@code paper})
 * @param expiresAt from when on a grant no longer counts, if ever
 */
public record ConsentEvent(
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
  private static final Pattern CODE = Pattern.compile("[A-Za-z0-9._-]{1,64}|\\*");
  private static final Pattern LANGUAGE = Pattern.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}");

  /**
   * @throws IllegalArgumentException naming the part that is not a code, or an expiry before the
   *     event
   */
  public ConsentEvent {
    check("recipient", CODE, recipient);
    check("notice version", CODE, noticeVersion);
    check("method", CODE, method);
    check("language", LANGUAGE, language);
    if (expiresAt != null && !expiresAt.isAfter(at)) {
      throw new IllegalArgumentException("A consent expires after it is given, not before");
    }
  }

  public ConsentEvent withId(long newId) {
    return new ConsentEvent(
        newId,
        subject,
        purpose,
        recipient,
        status,
        explicit,
        noticeVersion,
        language,
        method,
        at,
        expiresAt);
  }

  private static void check(String name, Pattern pattern, String value) {
    if (!pattern.matcher(value).matches()) {
      throw new IllegalArgumentException("The " + name + " must match " + pattern);
    }
  }
}
