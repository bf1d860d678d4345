package io.contextkeep.vault.web;

import io.contextkeep.vault.identity.Caller;
import io.contextkeep.vault.identity.Role;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a route says of itself, so that a request can be refused by its head alone.
 *
 * @param path its template
 * @param roles who may call it
 * @param media what it takes and gives
 * @param optsOut whether customers opt out by it: it has places that nothing else can take
 * @param query the parameters that it takes; empty where its handler checks them
 */
record Endpoint(
    String path, Set<Role> roles, Media media, boolean optsOut, Optional<Set<String>> query) {

  /** The same with places that nothing else can take. */
  Endpoint optingOut() {
    return new Endpoint(path, roles, media, true, query);
  }

  /** The same for other media. */
  Endpoint with(Media other) {
    return new Endpoint(path, roles, other, optsOut, query);
  }

  /** The same with more query parameters. */
  Endpoint with(Set<String> parameters) {
    Set<String> all = new TreeSet<>(query.orElse(Set.of()));
    all.addAll(parameters);
    return new Endpoint(path, roles, media, optsOut, Optional.of(all));
  }

  /** The same with query parameters that its handler checks. */
  Endpoint withAnyQuery() {
    return new Endpoint(path, roles, media, optsOut, Optional.empty());
  }

  /**
   * Checks everything about a request that is known before its body is read.
   *
   * @return the request with the media type that its answer should have
   * @throws Problem 400, 403, 406, 415 or 417
   */
  Request check(Request head, HttpServerRequest http) {
    checkRole(head.caller());
    Expectation.check(http);
    String type = media.check(head, Bodies.follows(http));
    query.ifPresent(head::checkQuery);
    return head.giving(type);
  }

  private void checkRole(Caller caller) {
    if (!roles.contains(caller.role())) {
      throw new Problem(403, "role_not_allowed", "This needs the role " + new TreeSet<>(roles));
    }
  }
}
