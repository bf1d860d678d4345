package io.contextkeep.vault.context;

import io.contextkeep.vault.registry.Attribute;

/** A value that another one was made from, as it was held then; of events, the newest. */
public record DerivationInput(
    Attribute attribute, long version, long observed, String source, String batch) {}
