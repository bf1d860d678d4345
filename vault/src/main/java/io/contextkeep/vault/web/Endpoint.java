package io.contextkeep.vault.web;

import io.contextkeep.vault.identity.Caller;
import io.contextkeep.vault.identity.Role;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a route says of itself, so that a request can be refused by its head alone.
 *
 * @param path its template
 * @param roles who may call it
 * @param media what it takes and gives
 * @param optsOut whether customers opt out by it: it has places that nothing else can take
 */
record Endpoint(String path, Set<Role> roles, Media media, boolean optsOut) {

  /**
   * Checks everything about a request that is known before its body is read.
   *
   * @throws Problem 400, 403, 406, 415 or 417
   */
  void check(Request head, HttpServerRequest http) {
    checkRole(head.caller());
    Expectation.check(http);
    media.check(head, Bodies.follows(http));
  }

  private void checkRole(Caller caller) {
    if (!roles.contains(caller.role())) {
      throw new Problem(403, "role_not_allowed", "This needs the role " + new TreeSet<>(roles));
    }
  }
}
