package io.contextkeep.vault.erasure;

import io.contextkeep.vault.outgoing.Outgoing;
import io.contextkeep.vault.store.App;
import io.contextkeep.vault.store.ErasureNotices.Notice;
import io.contextkeep.vault.store.Registry;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pushes notices to the apps that have a URL for them (RFC 8935), each at least once. Every app has
 * a thread of its own while it is sent something: one that is slow, dead or hostile holds up its
 * own notices and nobody else's. Nothing that it answers is kept or logged but whether it was 202.
 */
public final class NoticeSender implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration GOODBYE = Duration.ofSeconds(15);
  private static final int RECEIVED = 202;
  private static final Logger LOG = LoggerFactory.getLogger(NoticeSender.class);

  private final RecipientNotices notices;
  private final Registry registry;
  private final Outgoing outgoing;
  private final ScheduledExecutorService scheduler;
  private final ExecutorService threads;
  private final Set<String> busy = ConcurrentHashMap.newKeySet();

  private NoticeSender(
      RecipientNotices notices,
      Registry registry,
      Outgoing outgoing,
      ScheduledExecutorService scheduler,
      ExecutorService threads) {
    this.notices = notices;
    this.registry = registry;
    this.outgoing = outgoing;
    this.scheduler = scheduler;
    this.threads = threads;
  }

  /**
   * @param scheduler looks what is due; this takes it over, and the threads too
   */
  public static NoticeSender start(
      RecipientNotices notices,
      Registry registry,
      Outgoing outgoing,
      ScheduledExecutorService scheduler,
      ExecutorService threads) {
    NoticeSender sender = new NoticeSender(notices, registry, outgoing, scheduler, threads);
    var unused =
        scheduler.scheduleWithFixedDelay(
            sender::look, POLL.toMillis(), POLL.toMillis(), TimeUnit.MILLISECONDS);
    return sender;
  }

  private void look() {
    try {
      notices.tidy();
      notices.appsDue().forEach(this::begin);
    } catch (RuntimeException e) {
      // Thrown out of here, it would be the last look of all.
      LOG.atWarn().addKeyValue("thrown", e.getClass().getName()).log("notices wait");
    }
  }

  private void begin(String app) {
    Optional<String> url = registry.app(app).map(App::noticeUrl);
    if (url.isPresent() && busy.add(app)) {
      threads.execute(
          () -> {
            try {
              notices.due(app).forEach(notice -> send(notice, URI.create(url.get())));
            } catch (RuntimeException e) {
              LOG.atWarn().addKeyValue("thrown", e.getClass().getName()).log("a notice waits");
            } finally {
              busy.remove(app);
            }
          });
    }
  }

  private void send(Notice notice, URI url) {
    Optional<String> token = notices.token(notice);
    if (token.isEmpty()) {
      return;
    }
    if (notice.tries() == 0) {
      notices.sending(notice);
    }
    try {
      int status = post(url, token.get());
      if (status == RECEIVED) {
        notices.told(notice);
        return;
      }
      LOG.atWarn()
          .addKeyValue("app", notice.app())
          .addKeyValue("status", status)
          .log("the app does not take a notice");
    } catch (IOException e) {
      LOG.atWarn()
          .addKeyValue("app", notice.app())
          .addKeyValue("thrown", e.getClass().getName())
          .log("the app cannot be told");
    }
    notices.failed(notice);
  }

  private int post(URI url, String token) throws IOException {
    return outgoing.post(
        url, "application/secevent+jwt", token.getBytes(StandardCharsets.US_ASCII), PATIENCE);
  }

  /** What is under way is sent again by the next start. */
  @Override
  public void close() {
    scheduler.shutdownNow();
    threads.shutdownNow();
    try {
      if (!scheduler.awaitTermination(GOODBYE.toMillis(), TimeUnit.MILLISECONDS)
          || !threads.awaitTermination(GOODBYE.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("the sender of notices does not stop");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
