package io.contextkeep.vault.context;

import io.contextkeep.vault.registry.Attribute;

/** An input of a derivation, as it was held then; of events, the newest. */
public record DerivationInput(
    Attribute attribute, long version, long observed, String source, String batch) {}
