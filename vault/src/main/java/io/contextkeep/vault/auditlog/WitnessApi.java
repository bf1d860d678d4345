package io.contextkeep.vault.auditlog;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.witness.Witness;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.OpenRequest;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Routes;
import java.nio.charset.StandardCharsets;

/**
 * The vault as a witness of other logs (C2SP tlog-witness). Requests need no token: they are
 * verified by the signature of a log that is watched, and others change nothing.
 */
final class WitnessApi implements Routes.Api {
  private static final int CONFLICT = 409;

  private final Witness witness;

  WitnessApi(Witness witness) {
    this.witness = witness;
  }

  @Override
  public void mount(Routes routes) {
    routes.route(POST, "/witness/add-checkpoint").anonymous(Media.TEXT).handle(this::add);
    routes.route(GET, "/witness/:origin/checkpoint").anonymous(Media.TEXT).handle(this::latest);
  }

  /** Adds a checkpoint. Status and size are the protocol's; other errors are problems. */
  private Answer add(OpenRequest request) {
    Witness.Reply reply = witness.add(request.body());
    return switch (reply.status()) {
      case 200, CONFLICT ->
          new Answer(
              reply.status(), reply.contentType(), reply.body().getBytes(StandardCharsets.UTF_8));
      case 400 -> throw Problem.badRequest("malformed_checkpoint", reply.body().strip());
      case 403 -> throw new Problem(403, "checkpoint_not_signed", reply.body().strip());
      case 404 -> throw notWatched();
      default -> throw new Problem(422, "checkpoint_not_consistent", reply.body().strip());
    };
  }

  /** Answers with the last checkpoint that was cosigned. */
  private Answer latest(OpenRequest request) {
    String origin = request.path("origin");
    Note note = witness.latest(origin).orElseThrow(WitnessApi::notWatched);
    return Answer.text(Media.UTF_8_TEXT, note.toString());
  }

  private static Problem notWatched() {
    return new Problem(404, "log_not_watched", "This witness does not watch that log");
  }
}
