package io.contextkeep.vault.rights;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.jobs.Backoff;
import io.contextkeep.vault.outbox.Channel;
import io.contextkeep.vault.outbox.Channel.Letter;
import io.contextkeep.vault.outbox.Channel.Message;
import io.contextkeep.vault.outbox.Channel.RetryPolicy;
import io.contextkeep.vault.web.Json;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * The channel that sends agents the status of their requests, where they gave an address for it
 * (section 2.03). A message has the status at the time it is sent, so changes in quick succession
 * are sent once.
 */
final class StatusCallbacks implements Channel {
  /** The pause doubles, beginning with a minute: twelve attempts take three days. */
  private static final int MAX_ATTEMPTS = 12;

  private static final RetryPolicy RETRIES =
      new RetryPolicy(
          Backoff.of(Duration.ofMinutes(1), Duration.ofMinutes(1L << MAX_ATTEMPTS)),
          MAX_ATTEMPTS,
          Duration.ofDays(30));
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int RECEIVED = 200;

  private final Db db;
  private final Agents agents;
  private final Cases cases;

  public StatusCallbacks(Db db, Agents agents, Cases cases) {
    this.db = db;
    this.agents = agents;
    this.cases = cases;
  }

  @Override
  public String kind() {
    return Agents.KIND;
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
    String request = message.id();
    Optional<String> callback = db.inRead(c -> agents.callback(c, request));
    Optional<RightsCase> found = db.inRead(c -> cases.find(c, request));
    Optional<String> called = db.inRead(c -> agents.called(c, request));
    return callback.flatMap(
        address -> found.map(about -> letter(URI.create(address), about, called)));
  }

  private Letter letter(URI callback, RightsCase about, Optional<String> called) {
    int steps = about.steps().size();
    boolean ended = about.state().isFinal();
    return new Letter(
        callback,
        "application/json",
        json(ExerciseStatus.of(about, called)),
        TIMEOUT,
        status -> status == RECEIVED,
        c -> agents.told(c, about.id(), steps, ended));
  }

  private static byte[] json(ExerciseStatus status) {
    try {
      return Json.MAPPER.writeValueAsBytes(status);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A status is not JSON", e);
    }
  }

  /** Deletes the address after the last attempt. */
  @Override
  public void died(Connection c, Message message) throws SQLException {
    agents.forgetCallback(c, message.id());
  }
}
