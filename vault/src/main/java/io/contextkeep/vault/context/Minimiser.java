package io.contextkeep.vault.context;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.policy.Enforced;
import io.contextkeep.policy.Mask;
import io.contextkeep.policy.Permit;
import io.contextkeep.policy.Release;
import io.contextkeep.vault.crypto.SealBroken;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.customers.Identifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * The reduction of opened context to what the permit names: only its attributes, each clear or
 * masked as the permit says. An attribute is withheld as a whole if its mask does not fit one of
 * its values.
 */
final class Minimiser {
  private final SubjectKeys keys;

  Minimiser(SubjectKeys keys) {
    this.keys = keys;
  }

  Disclosure minimise(Permit permit, Plaintext plaintext) {
    TreeMap<String, List<Disclosure.Value>> values = new TreeMap<>();
    TreeMap<String, Enforced> less = new TreeMap<>();
    for (Plaintext.Item item : plaintext.items()) {
      String name = item.held().attribute().name();
      Release release = permit.releases().get(name);
      if (release != null) {
        released(permit, item, release)
            .ifPresentOrElse(
                value -> values.computeIfAbsent(name, n -> new ArrayList<>()).add(value),
                () -> less.put(name, Enforced.MASK_DOES_NOT_FIT));
      }
    }
    values.keySet().removeAll(less.keySet());
    plaintext.cut().forEach(name -> less.putIfAbsent(name, Enforced.EVENT_CAP));
    boolean showsIdentifiers = permit.releases().get(Identifier.ATTRIBUTE) instanceof Release.Clear;
    TreeMap<String, List<Disclosure.Value>> beside = new TreeMap<>();
    for (Plaintext.Item item : plaintext.beside()) {
      beside
          .computeIfAbsent(item.held().attribute().name(), _ -> new ArrayList<>())
          .add(value(item, item.value(), Optional.empty()));
    }
    return new Disclosure(
        permit,
        values,
        beside,
        less,
        showsIdentifiers ? plaintext.identifiers() : List.of(),
        plaintext.next());
  }

  private Optional<Disclosure.Value> released(Permit permit, Plaintext.Item item, Release release) {
    return switch (release) {
      case Release.Clear _ -> Optional.of(value(item, item.value(), Optional.empty()));
      case Release.Masked how ->
          Masks.masked(item.value(), how, pseudonym(permit, item))
              .map(coarser -> value(item, coarser, Optional.of(how.mask())));
    };
  }

  private static Disclosure.Value value(Plaintext.Item item, JsonNode value, Optional<Mask> mask) {
    return new Disclosure.Value(item.held(), value, mask);
  }

  private UnaryOperator<String> pseudonym(Permit permit, Plaintext.Item item) {
    return value -> {
      SubjectKey key =
          keys.find(permit.subject()).orElseThrow(() -> new SealBroken("The key is gone"));
      return key.pseudonym(permit.callerId(), item.held().attribute().name(), value);
    };
  }
}
