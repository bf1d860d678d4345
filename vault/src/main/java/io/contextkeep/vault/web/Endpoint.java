package io.contextkeep.vault.web;

import io.contextkeep.vault.identity.Caller;
import io.contextkeep.vault.identity.Role;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The declaration of a route, by which a request can be refused by its head alone.
 *
 * @param path its template
 * @param roles the roles that may call it
 * @param media its media types
 * @param optsOut whether customers opt out by it, for which places are reserved
 * @param query the parameters that it takes; empty if its handler checks them
 */
record Endpoint(
    String path, Set<Role> roles, Media media, boolean optsOut, Optional<Set<String>> query) {

  /** Returns a copy with reserved places. */
  Endpoint optingOut() {
    return new Endpoint(path, roles, media, true, query);
  }

  /** Returns a copy with other media types. */
  Endpoint with(Media other) {
    return new Endpoint(path, roles, other, optsOut, query);
  }

  /** Returns a copy with more query parameters. */
  Endpoint with(Set<String> parameters) {
    Set<String> all = new TreeSet<>(query.orElse(Set.of()));
    all.addAll(parameters);
    return new Endpoint(path, roles, media, optsOut, Optional.of(all));
  }

  /** Returns a copy whose handler checks the query parameters. */
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
      String needed =
          new TreeSet<>(roles).stream().map(Role::code).collect(Collectors.joining(" or "));
      throw new Problem(403, "role_not_allowed", "Send a token with the role " + needed);
    }
  }
}
