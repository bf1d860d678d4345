package io.contextkeep.vault.web;

import io.contextkeep.vault.identity.Actor;
import io.contextkeep.vault.identity.Caller;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/**
 * One request, read whole: what a handler sees of the wire. Its id is the vault's own; nothing of
 * the client's is ever used as a name in a log.
 *
 * @param target its path as it was sent, without the query
 * @param type the media type that its answer should have, of those that its route gives
 * @param path the parameters in its path
 * @param head whether it is a HEAD: nothing is handed over by its answer, which has no body
 */
public record Request(
    String id,
    Caller caller,
    String target,
    String type,
    Map<String, String> path,
    Map<String, String> query,
    Map<String, String> headers,
    boolean head,
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
    this(id, caller, "", Media.JSON, path, query, headers, false, body, () -> false);
  }

  /** Returns whether the client has gone, so that nobody would read an answer. */
  public boolean isGone() {
    return gone.getAsBoolean();
  }

  /** The same, with the body that came after its head. */
  Request with(byte[] read) {
    return new Request(id, caller, target, type, path, query, headers, head, read, gone);
  }

  /** The same, to be answered by that media type. */
  Request giving(String other) {
    return new Request(id, caller, target, other, path, query, headers, head, body, gone);
  }

  /** Returns the caller as the log names them. */
  public Actor actor() {
    return Actor.in(id, caller);
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

  /** The page of a list that is wanted; the route must be {@code paged()}. */
  public Page page(int most) {
    return page(most, most);
  }

  /**
   * The same where a page has fewer items unless the request asks for more.
   *
   * @param usual the number of items where the request does not say
   */
  public Page page(int most, int usual) {
    int limit = query(Page.LIMIT).isPresent() ? limit(most) : usual;
    return new Page(target, query, limit, query(Page.CURSOR));
  }

  /** A parameter that is an instant. */
  public Optional<Instant> instant(String name) {
    return query(name).map(text -> Times.parse("The parameter '" + name + "'", text));
  }

  /** A parameter that is a constant's code, see {@link Parameters#code}. */
  <E extends Enum<E>> Optional<E> word(String name, Class<E> type) {
    return query(name).map(text -> Parameters.parse(name, text, type.getEnumConstants()));
  }

  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /** Refuses parameters that the route does not know: one that is ignored is one relied upon. */
  public void onlyQuery(String... known) {
    checkQuery(Set.of(known));
  }

  /** The same for the parameters that a route is declared with. */
  void checkQuery(Set<String> known) {
    for (String name : query.keySet()) {
      if (!known.contains(name)) {
        throw Problem.badRequest(
            "unknown_parameter",
            Nearest.unknown("parameter", name, FieldPath.BODY, new TreeSet<>(known)));
      }
    }
  }
}
