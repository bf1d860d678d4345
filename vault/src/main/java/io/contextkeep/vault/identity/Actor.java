package io.contextkeep.vault.identity;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The author of an entry of the log: a caller in a request, a rights agent, or the vault.
 *
 * @param id a coded id, never a customer's own; {@code customer} for every customer
 * @param role the actor's role; empty for the vault
 * @param request the id of the request; empty where the vault acts by itself
 */
public record Actor(String id, Optional<String> role, Optional<String> request) {
  /** The vault, when it acts by itself. */
  public static final Actor VAULT = new Actor("vault", Optional.empty(), Optional.empty());

  /** Returns the actor that makes a request with a role that the log names. */
  public static Actor in(String request, String id, String role) {
    return new Actor(id, Optional.of(role), Optional.of(request));
  }

  /** Returns the caller of a request. */
  public static Actor in(String request, Caller caller) {
    return in(request, caller.id(), caller.role().code());
  }

  /** Returns the actor's facts for an entry of the log, in a new map that takes the other facts. */
  public TreeMap<String, Object> facts() {
    TreeMap<String, Object> facts = new TreeMap<>(Map.of("actor", id));
    role.ifPresent(code -> facts.put("role", code));
    request.ifPresent(requestId -> facts.put("request", requestId));
    return facts;
  }
}
