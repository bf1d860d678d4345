package io.contextkeep.vault.core;

import io.contextkeep.vault.jobs.Job;
import io.contextkeep.vault.outbox.Channel;
import io.contextkeep.vault.web.Routes;
import java.util.List;

/** A feature built from its parts: its routes, jobs and channels. */
public interface Module {

  /** Returns the feature's routes. */
  default List<Routes.Api> routes() {
    return List.of();
  }

  /** Returns the feature's background jobs. */
  default List<Job> jobs() {
    return List.of();
  }

  /** Returns the feature's kinds of outbox messages. */
  default List<Channel> channels() {
    return List.of();
  }
}
