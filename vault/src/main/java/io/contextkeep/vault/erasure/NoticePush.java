package io.contextkeep.vault.erasure;

import io.contextkeep.vault.erasure.ErasureNotices.Notice;
import io.contextkeep.vault.jobs.Backoff;
import io.contextkeep.vault.outbox.Channel;
import io.contextkeep.vault.outbox.Channel.Letter;
import io.contextkeep.vault.outbox.Channel.Message;
import io.contextkeep.vault.outbox.Channel.RetryPolicy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * The channel that pushes notices to apps with a URL for them (RFC 8935). A notice ends when it is
 * acknowledged or given up, so the channel sets no limit of attempts.
 */
final class NoticePush implements Channel {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final RetryPolicy RETRIES =
      new RetryPolicy(
          Backoff.of(Duration.ofSeconds(10), Duration.ofHours(6)),
          Integer.MAX_VALUE,
          Duration.ofDays(36_500));
  private static final int RECEIVED = 202;

  private final RecipientNotices notices;

  public NoticePush(RecipientNotices notices) {
    this.notices = notices;
  }

  @Override
  public String kind() {
    return ErasureNotices.KIND;
  }

  @Override
  public RetryPolicy retries() {
    return RETRIES;
  }

  @Override
  public boolean isOrdered() {
    return false;
  }

  @Override
  public Optional<Letter> letter(Message message) {
    Optional<URI> url = notices.url(message.target());
    Optional<Notice> notice = notices.untold(message.id(), message.target());
    if (url.isEmpty() || notice.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> token = notices.token(notice.get());
    if (token.isPresent() && message.attempts() == 0) {
      notices.sending(notice.get());
    }
    return token.map(text -> letter(url.get(), text, notice.get()));
  }

  @Override
  public void failed(Connection c, Message message) throws SQLException {
    ErasureNotices.failed(c, message.id());
  }

  private Letter letter(URI url, String token, Notice notice) {
    return new Letter(
        url,
        "application/secevent+jwt",
        token.getBytes(StandardCharsets.US_ASCII),
        TIMEOUT,
        status -> status == RECEIVED,
        c -> notices.told(c, notice, Optional.empty()));
  }
}
