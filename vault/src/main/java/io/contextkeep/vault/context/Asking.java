package io.contextkeep.vault.context;

import io.contextkeep.policy.Assurance;
import io.contextkeep.vault.identity.TokenGrant;
import io.contextkeep.vault.registry.App;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Registry;
import java.util.List;
import java.util.Optional;

/**
 * All of an app's request that its question depends on, besides the customer: two requests that are
 * equal in this make the same question of the same facts.
 *
 * @param registered the app's registration
 */
record Asking(
    String app,
    Optional<App> registered,
    Assurance assurance,
    Optional<TokenGrant> stated,
    String purpose,
    List<Attribute> attributes,
    int customers) {
  static Asking of(ReadRequest ask, Registry registry) {
    return new Asking(
        ask.caller().id(),
        registry.app(ask.caller().id()),
        ask.caller().assurance(),
        ask.caller().stated(),
        ask.purpose(),
        ask.attributes(),
        ask.customers());
  }

  /**
   * Returns whether both ask the same by the same registrations. Registrations are compared by
   * identity: the registry makes new ones after every change.
   */
  boolean isSame(Asking other) {
    return app.equals(other.app)
        && registered.orElse(null) == other.registered.orElse(null)
        && purpose.equals(other.purpose)
        && customers == other.customers
        && assurance.equals(other.assurance)
        && stated.equals(other.stated)
        && areSame(attributes, other.attributes);
  }

  private static boolean areSame(List<Attribute> some, List<Attribute> others) {
    boolean same = some.size() == others.size();
    for (int i = 0; i < some.size() && same; i++) {
      same = some.get(i) == others.get(i);
    }
    return same;
  }
}
