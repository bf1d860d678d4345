package io.contextkeep.vault.web;

import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import java.util.Optional;

/** A request to a route that needs no token, read whole. */
public record OpenRequest(RoutingContext routing, byte[] body) {

  public String path(String name) {
    return Objects.requireNonNull(routing.pathParam(name), "the route has it");
  }

  /**
   * A header that may come once.
   *
   * @throws Problem 400 where it comes more often
   */
  public Optional<String> single(String name) {
    return Intake.single(routing.request().headers(), name);
  }

  public Optional<String> header(String name) {
    return Optional.ofNullable(routing.request().getHeader(name));
  }
}
