package io.contextkeep.vault.web;

import io.contextkeep.vault.identity.Caller;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/**
 * One request, read whole: what a handler sees of the wire. Its id is the vault's own; nothing of
 * the client's is ever used as a name in a log.
 */
public record Request(
    String id,
    Caller caller,
    Map<String, String> path,
    Map<String, String> query,
    Map<String, String> headers,
    byte[] body,
    BooleanSupplier gone) {

  /** One whose client stays. */
  public Request(
      String id,
      Caller caller,
      Map<String, String> path,
      Map<String, String> query,
      Map<String, String> headers,
      byte[] body) {
    this(id, caller, path, query, headers, body, () -> false);
  }

  /** Returns whether the client has gone, so that nobody would read an answer. */
  public boolean isGone() {
    return gone.getAsBoolean();
  }

  /** The same, with the body that came after its head. */
  Request with(byte[] read) {
    return new Request(id, caller, path, query, headers, read, gone);
  }

  /** Who asks, as the log says it: the request's id, the caller and their role. */
  public Map<String, Object> who() {
    return Map.of("request", id, "actor", caller.id(), "role", caller.role().code());
  }

  public String path(String name) {
    return Optional.ofNullable(path.get(name))
        .orElseThrow(() -> new IllegalStateException("The route has no " + name));
  }

  public Optional<String> query(String name) {
    return Optional.ofNullable(query.get(name)).filter(value -> !value.isEmpty());
  }

  /** A parameter that is a whole number. */
  public Optional<Long> number(String name) {
    return query(name)
        .map(
            text -> {
              if (!text.matches("[0-9]{1,18}")) {
                throw Problem.badRequest(
                    "invalid_parameter", "The parameter '" + name + "' is a whole number");
              }
              return Long.parseLong(text);
            });
  }

  /** How many of a list are wanted: the parameter 'limit', or all that there may be. */
  public int limit(int most) {
    long limit = number("limit").orElse((long) most);
    if (limit < 1 || limit > most) {
      throw Problem.badRequest("invalid_parameter", "The parameter 'limit' is 1 to " + most);
    }
    return (int) limit;
  }

  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /** Refuses parameters that the route does not know: one that is ignored is one relied upon. */
  public void onlyQuery(String... known) {
    Set<String> unknown = new TreeSet<>(query.keySet());
    unknown.removeAll(Set.of(known));
    if (!unknown.isEmpty()) {
      throw Problem.badRequest(
          "unknown_parameter", "Known parameters are " + new TreeSet<>(Set.of(known)));
    }
  }
}
