package io.contextkeep.vault.outbox;

import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.jobs.Job;
import io.contextkeep.vault.net.Outgoing;
import io.contextkeep.vault.outbox.Channel.Letter;
import io.contextkeep.vault.outbox.Channel.Message;
import io.contextkeep.vault.outbox.Lanes.Lane;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the messages in the outbox, each at least once. Every target has its own lane, so a slow,
 * dead or hostile target delays only its own messages. Of an answer only the status is used.
 */
public final class Deliverer implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration TIDY = Duration.ofHours(1);
  private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(15);
  private static final int PLACES = 256;
  private static final Logger LOG = LoggerFactory.getLogger(Deliverer.class);

  private final Db db;
  private final List<Channel> channels;
  private final Outgoing outgoing;
  private final Counts counts;
  private final InstantSource clock;
  private final InstantSource settled;
  private final ExecutorService threads;
  private final Lanes lanes = new Lanes(PLACES);

  /**
   * @param settled the clock by which messages expire
   * @param threads one for each lane; closed with this
   */
  public Deliverer(
      Db db,
      List<Channel> channels,
      Outgoing outgoing,
      Counts counts,
      InstantSource clock,
      InstantSource settled,
      ExecutorService threads) {
    this.db = db;
    this.channels = List.copyOf(channels);
    this.outgoing = outgoing;
    this.counts = counts;
    this.clock = clock;
    this.settled = settled;
    this.threads = threads;
    channels.forEach(this::measure);
  }

  private void measure(Channel channel) {
    counts.show(
        channel.kind(),
        () -> waiting(channel).count(),
        () -> oldestAge(waiting(channel)),
        () -> waiting(channel).dead());
  }

  private Outbox.Waiting waiting(Channel channel) {
    return db.inRead(c -> Outbox.waiting(c, channel.kind()));
  }

  private Duration oldestAge(Outbox.Waiting waiting) {
    Instant oldest =
        waiting.count() == 0 ? clock.instant() : Instant.ofEpochMilli(waiting.oldest());
    return Duration.between(oldest, clock.instant());
  }

  /** Returns the jobs that send due messages and delete old dead letters. */
  public List<Job> jobs() {
    return List.of(
        Job.every("outbox", LOOK, this::look),
        Job.every("dead-letters", TIDY, () -> db.inWrite(c -> Outbox.tidy(c, settled.instant()))));
  }

  private void look() {
    for (Channel channel : channels) {
      for (String target : targets(channel)) {
        begin(channel, new Lane(channel.kind(), target));
      }
    }
  }

  private List<String> targets(Channel channel) {
    return db.inRead(c -> Outbox.targets(c, channel, clock.instant()));
  }

  private void begin(Channel channel, Lane lane) {
    if (lanes.tryEnter(lane)) {
      try {
        threads.execute(() -> deliverAndLeave(channel, lane));
      } catch (RejectedExecutionException stopping) {
        lanes.leave(lane);
      }
    }
  }

  /** Sends due messages, one target after the other; returns the number delivered. */
  public int deliver() throws InterruptedException {
    int received = 0;
    for (Channel channel : channels) {
      for (String target : targets(channel)) {
        Lane lane = new Lane(channel.kind(), target);
        lanes.enter(lane);
        received += deliverAndLeave(channel, lane);
      }
    }
    return received;
  }

  private int deliverAndLeave(Channel channel, Lane lane) {
    int received = 0;
    try {
      Instant now = clock.instant();
      for (Message message : db.inRead(c -> Outbox.due(c, channel, lane.target(), now))) {
        if (deliver(channel, message)) {
          received++;
        } else if (channel.isOrdered()) {
          break;
        }
      }
    } catch (RuntimeException e) {
      LOG.atWarn()
          .addKeyValue("kind", lane.kind())
          .addKeyValue("thrown", e.getClass().getName())
          .log("messages wait");
    } finally {
      lanes.leave(lane);
    }
    return received;
  }

  private boolean deliver(Channel channel, Message message) {
    try {
      Optional<Letter> letter = channel.letter(message);
      if (letter.isEmpty()) {
        sent(message, _ -> {});
        return true;
      }
      return deliver(channel, message, letter.get());
    } catch (InterruptedIOException stopping) {
      return false;
    } catch (IOException e) {
      failed(channel, message, "no-answer");
    } catch (RuntimeException e) {
      failed(channel, message, e.getClass().getSimpleName());
    }
    return false;
  }

  private boolean deliver(Channel channel, Message message, Letter letter) throws IOException {
    int status = outgoing.post(letter.to(), letter.type(), letter.body(), letter.timeout());
    if (!letter.isReceived().test(status)) {
      failed(channel, message, "http-" + status);
      return false;
    }
    sent(message, letter.received());
    counts.delivered(message.kind());
    return true;
  }

  private void sent(Message message, Letter.Received received) {
    db.inWrite(
        c -> {
          received.note(c);
          Outbox.sent(c, message, clock.instant());
          return 0;
        });
  }

  private void failed(Channel channel, Message message, String error) {
    int failures = message.attempts() + 1;
    boolean dies = channel.retries().isExhausted(failures, message.created(), settled.instant());
    Instant now = clock.instant();
    db.inWrite(
        c -> {
          if (dies) {
            Outbox.died(c, message, error, now);
            channel.died(c, message);
          } else {
            Outbox.failed(c, message, error, now.plus(channel.retries().backoff().after(failures)));
            channel.failed(c, message);
          }
          return 0;
        });
    counts.failed(message.kind());
    LOG.atWarn()
        .addKeyValue("kind", message.kind())
        .addKeyValue("failures", failures)
        .addKeyValue("error", error)
        .addKeyValue("dead", dies)
        .log("a message was not delivered");
  }

  /** Stops; messages that are being sent are sent again at the next start. */
  @Override
  public void close() {
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(SHUTDOWN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("the outbox does not stop");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Counters of messages by kind. */
  public interface Counts {

    /**
     * Publishes the counters of a kind.
     *
     * @param waiting the number of messages that wait
     * @param oldest the age of the oldest waiting message
     * @param dead the number of dead letters kept
     */
    void show(String kind, LongSupplier waiting, Supplier<Duration> oldest, LongSupplier dead);

    /** Counts a delivered message. */
    void delivered(String kind);

    /** Counts a failed attempt. */
    void failed(String kind);
  }
}
