package io.contextkeep.vault.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.identity.Caller;
import io.contextkeep.vault.identity.Role;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ReadRequestTest {
  private static final Identifier ANN = new Identifier("email", "ann@example.com");
  private static final Extent EVERYTHING = new Extent.Everything(Optional.empty());

  private static ReadRequest ask(Caller caller) {
    return new ReadRequest(
        "r", caller, ANN, "dpv:RightsFulfilment", List.of(), Optional.empty(), EVERYTHING);
  }

  @Test
  void onlyTheCustomer_mayReadEverything() {
    Caller ann = new Caller("customer", Role.CUSTOMER, Optional.of("email:ann@example.com"));
    assertThat(ask(ann).self()).isTrue();
    Caller bob = new Caller("customer", Role.CUSTOMER, Optional.of("email:bob@example.com"));
    Caller shop = new Caller("shop", Role.APP, Optional.empty());
    for (Caller other : List.of(bob, shop)) {
      assertThatThrownBy(() -> ask(other)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void defaultExtent_includesNoIdentifiers() {
    Caller shop = new Caller("shop", Role.APP, Optional.empty());
    ReadRequest ask =
        new ReadRequest("r", shop, ANN, "dpv:CustomerCare", List.of(), Optional.empty());
    assertThat(ask.extent().identifiers()).isFalse();
  }
}
