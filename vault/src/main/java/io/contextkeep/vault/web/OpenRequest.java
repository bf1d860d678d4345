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
   * Returns a header that may come once.
   *
   * @throws Problem 400 if it comes more often
   */
  public Optional<String> single(String name) {
    return Intake.single(routing.request().headers(), name);
  }

  /** Returns a header that is a list and may come in several lines (RFC 9110 section 5.3). */
  String list(String name) {
    return String.join(",", routing.request().headers().getAll(name));
  }

  public Optional<String> header(String name) {
    return Optional.ofNullable(routing.request().getHeader(name));
  }
}
