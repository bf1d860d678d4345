package io.contextkeep.vault.analytics;

import io.contextkeep.vault.registry.Attribute;
import java.util.List;
import java.util.Optional;

/**
 * A grouping of answers.
 *
 * @param keys the public keys; empty if keys are shown only if many customers share them
 */
record Group(Attribute attribute, Optional<List<String>> keys) {}
