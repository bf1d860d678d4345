package io.contextkeep.vault.rights.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.outgoing.Outgoing;
import io.contextkeep.vault.rights.Cases;
import io.contextkeep.vault.rights.RightsCase;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells agents how the requests that they made stand, where they said an address for that (section
 * 2.03). What they were told of is in the database, so that a restart forgets nothing. The answer
 * is not read, a redirect is not followed, and who does not answer is left alone in the end.
 */
public final class StatusCallbacks implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int AT_ONCE = 20;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Logger LOG = LoggerFactory.getLogger(StatusCallbacks.class);

  private final Db db;
  private final Agents agents;
  private final Cases cases;
  private final Outgoing outgoing;
  private final InstantSource clock;
  private final ScheduledExecutorService scheduler;

  public StatusCallbacks(
      Db db,
      Agents agents,
      Cases cases,
      Outgoing outgoing,
      InstantSource clock,
      ScheduledExecutorService scheduler) {
    this.db = db;
    this.agents = agents;
    this.cases = cases;
    this.outgoing = outgoing;
    this.clock = clock;
    this.scheduler = scheduler;
  }

  /** Begins to tell, every few seconds what is new. */
  public void start() {
    var unused = scheduler.scheduleWithFixedDelay(this::carefully, 10, 10, TimeUnit.SECONDS);
  }

  private void carefully() {
    try {
      tell();
    } catch (RuntimeException e) {
      // Thrown out of here, it would be the last run of all.
      LOG.atWarn().addKeyValue("thrown", e.getClass().getName()).log("agents were not told");
    }
  }

  /** Tells what is new to whoever's turn it is; returns how many took it. */
  public synchronized int tell() {
    int told = 0;
    for (Agents.Untold one : db.inRead(c -> agents.untold(c, clock.instant(), AT_ONCE))) {
      Optional<RightsCase> found = db.inRead(c -> cases.find(c, one.request()));
      if (found.isPresent()) {
        told += tell(one, found.get()) ? 1 : 0;
      }
    }
    return told;
  }

  private boolean tell(Agents.Untold one, RightsCase about) {
    Optional<String> called = db.inRead(c -> agents.called(c, one.request()));
    boolean took = sent(one.callback(), ExerciseStatus.of(about, called));
    db.inWrite(
        c -> {
          if (took) {
            agents.told(c, one, about.steps().size(), about.state().isFinal());
          } else {
            agents.notTold(c, one, clock.instant());
          }
          return 0;
        });
    return took;
  }

  private boolean sent(String callback, Map<String, Object> status) {
    try {
      byte[] body = JSON.writeValueAsBytes(status);
      return outgoing.post(URI.create(callback), "application/json", body, PATIENCE) == 200;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A status is not JSON", e);
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    scheduler.shutdownNow();
  }
}
