package io.contextkeep.vault.context;

import io.contextkeep.vault.registry.Attribute;

/** An input of a derivation in the version of that time; for events, the newest one. */
public record DerivationInput(
    Attribute attribute, long version, long observed, String source, String batch) {}
