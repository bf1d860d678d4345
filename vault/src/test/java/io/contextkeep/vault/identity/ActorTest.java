package io.contextkeep.vault.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Actors as the log names them. */
final class ActorTest {

  @Test
  void aCaller_hasIdRoleAndRequest() {
    Caller caller = new Caller("customer", Role.CUSTOMER, Optional.of("email:ann@example.com"));
    assertThat(Actor.in("r1", caller).facts())
        .isEqualTo(Map.of("request", "r1", "actor", "customer", "role", "customer"));
  }

  @Test
  void theVault_hasOnlyItsName() {
    assertThat(Actor.VAULT.facts()).isEqualTo(Map.of("actor", "vault"));
  }

  @Test
  void theFacts_areANewMap() {
    TreeMap<String, Object> facts = Actor.VAULT.facts();
    facts.put("action", "sweep");
    assertThat(Actor.VAULT.facts()).doesNotContainKey("action");
  }
}
