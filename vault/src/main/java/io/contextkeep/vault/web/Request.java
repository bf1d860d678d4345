package io.contextkeep.vault.web;

import io.contextkeep.vault.identity.Actor;
import io.contextkeep.vault.identity.Caller;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/**
 * A complete request, as handlers see it. Its id is the vault's own; clients cannot choose names in
 * the log.
 *
 * @param target its path as sent, without the query
 * @param type the negotiated media type of its answer
 * @param path the parameters in its path
 * @param head whether it is a HEAD, whose answer has no body and so discloses nothing
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

  /** Creates a request whose client stays. */
  public Request(
      String id,
      Caller caller,
      Map<String, String> path,
      Map<String, String> query,
      Map<String, String> headers,
      byte[] body) {
    this(id, caller, "", Media.JSON, path, query, headers, false, body, () -> false);
  }

  /** Returns whether the client has gone and will not read an answer. */
  public boolean isGone() {
    return gone.getAsBoolean();
  }

  /** Returns a copy with the body. */
  Request with(byte[] read) {
    return new Request(id, caller, target, type, path, query, headers, head, read, gone);
  }

  /** Returns a copy with the media type of its answer. */
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

  /** Returns a parameter that is a whole number. */
  public Optional<Long> number(String name) {
    return query(name)
        .map(
            text -> {
              if (!text.matches("[0-9]{1,18}")) {
                throw Problem.badRequest(
                    "invalid_parameter", "The parameter '" + name + "' must be a whole number");
              }
              return Long.parseLong(text);
            });
  }

  /** Returns the parameter 'limit'; the maximum if it is missing. */
  public int limit(int max) {
    long limit = number("limit").orElse((long) max);
    if (limit < 1 || limit > max) {
      throw Problem.badRequest("invalid_parameter", "The parameter 'limit' must be 1 to " + max);
    }
    return (int) limit;
  }

  /** Returns the requested page of a list; the route must be {@code paged()}. */
  public Page page(int max) {
    return page(max, max);
  }

  /**
   * Returns the same where a page has fewer items unless the request asks for more.
   *
   * @param usual the number of items where the request does not say
   */
  public Page page(int max, int usual) {
    int limit = query(Page.LIMIT).isPresent() ? limit(max) : usual;
    return new Page(target, query, limit, Page.checked(query(Page.CURSOR)));
  }

  /** Returns a parameter that is an instant. */
  public Optional<Instant> instant(String name) {
    return query(name).map(text -> Times.parse("The parameter '" + name + "'", text));
  }

  /** Returns a parameter that is the code of a constant, see {@link Parameters#code}. */
  public <E extends Enum<E>> Optional<E> word(String name, Class<E> type) {
    return query(name).map(text -> Parameters.parse(name, text, type.getEnumConstants()));
  }

  /**
   * Chooses the media type of the answer among those that depend on what is asked.
   *
   * @param offered media types, the default first
   * @throws Problem 406 if the client accepts none of them
   */
  public String choose(List<String> offered) {
    return Accept.choose(header("Accept"), offered);
  }

  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /** Refuses unknown parameters, since clients may rely on one that is silently ignored. */
  public void onlyQuery(String... known) {
    checkQuery(Set.of(known));
  }

  /** Refuses parameters that the route does not declare. */
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
