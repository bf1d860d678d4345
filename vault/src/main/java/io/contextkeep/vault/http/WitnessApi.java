package io.contextkeep.vault.http;

import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.witness.Witness;
import io.vertx.core.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * The vault as a witness of other logs (C2SP tlog-witness). Everybody may ask: a request proves
 * itself by the signature of a log that is watched, and one that does not changes nothing.
 */
final class WitnessApi implements Routes.Api {
  private static final String TEXT = "text/plain";
  private static final String UTF_8 = TEXT + "; charset=utf-8";
  private static final int CONFLICT = 409;

  /** Nobody's flood of checkpoints may take the places of those who ask for context. */
  private static final int AT_ONCE = 4;

  private final Witness witness;
  private final Semaphore places = new Semaphore(AT_ONCE);

  WitnessApi(Witness witness) {
    this.witness = witness;
  }

  @Override
  public void mount(Routes routes) {
    routes
        .openOffLoop(HttpMethod.POST, "/witness/add-checkpoint", TEXT, this::add)
        .openOffLoop(HttpMethod.GET, "/witness/:origin/checkpoint", TEXT, this::latest);
  }

  /** Status and size are the protocol's; what it leaves open is a problem like any other. */
  Answer add(Routes.Open request) {
    if (!places.tryAcquire()) {
      throw new Problem(503, "overloaded", "Too many checkpoints at once; try again");
    }
    try {
      Witness.Reply reply = witness.add(request.body());
      return switch (reply.status()) {
        case 200, CONFLICT ->
            new Answer(
                reply.status(),
                reply.contentType(),
                reply.body().getBytes(StandardCharsets.UTF_8),
                Map.of());
        case 400 -> throw Problem.badRequest("malformed_checkpoint", reply.body().strip());
        case 403 -> throw new Problem(403, "checkpoint_not_signed", reply.body().strip());
        case 404 -> throw notWatched();
        default -> throw new Problem(422, "checkpoint_not_consistent", reply.body().strip());
      };
    } finally {
      places.release();
    }
  }

  /** The last checkpoint that was cosigned, for whoever monitors the log. */
  Answer latest(Routes.Open request) {
    Note note = witness.latest(request.path("origin")).orElseThrow(WitnessApi::notWatched);
    return Answer.text(UTF_8, note.toString());
  }

  private static Problem notWatched() {
    return new Problem(404, "log_not_watched", "This witness does not watch that log");
  }
}
