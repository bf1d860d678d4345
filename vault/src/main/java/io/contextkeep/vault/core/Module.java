package io.contextkeep.vault.core;

import io.contextkeep.vault.jobs.Job;
import io.contextkeep.vault.outbox.Channel;
import io.contextkeep.vault.web.Routes;
import java.util.List;

/** A feature that was built from its parts: what it adds to the running vault. */
public interface Module {

  /** Returns the feature's part of the API. */
  default List<Routes.Api> routes() {
    return List.of();
  }

  /** Returns the work that the feature does in the background. */
  default List<Job> jobs() {
    return List.of();
  }

  /** Returns the kinds of messages that the feature puts into the outbox. */
  default List<Channel> channels() {
    return List.of();
  }
}
