package io.contextkeep.vault.registry;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/** The statistics that are allowed on an attribute, as its registration is stored and shown. */
record AnalysableDocument(
    Optional<String> member,
    Optional<BigDecimal> lower,
    Optional<BigDecimal> upper,
    Optional<BigDecimal> step,
    Optional<String> unit,
    Optional<List<String>> keys,
    Optional<Boolean> privateKeys,
    int perCustomer) {

  static AnalysableDocument of(Analysable allowed) {
    Optional<Analysable.Scale> scale = allowed.scale();
    boolean isText = scale.isEmpty();
    return new AnalysableDocument(
        allowed.member(),
        scale.map(Analysable.Scale::lower),
        scale.map(Analysable.Scale::upper),
        scale.map(Analysable.Scale::step),
        scale.map(Analysable.Scale::unit),
        isText ? Optional.of(allowed.keys()) : Optional.empty(),
        isText ? Optional.of(allowed.privateKeys()) : Optional.empty(),
        allowed.perCustomer());
  }
}
