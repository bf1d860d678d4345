package io.contextkeep.vault.analytics.query;

import io.contextkeep.vault.registry.Attribute;
import java.util.List;
import java.util.Optional;

/**
 * By what answers are split.
 *
 * @param keys the public ones; empty where a key shows only if many customers share it
 */
public record Group(Attribute attribute, Optional<List<String>> keys) {}
