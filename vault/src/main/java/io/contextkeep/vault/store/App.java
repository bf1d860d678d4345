package io.contextkeep.vault.store;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A registered service: the purposes it may state when it asks and the facets it may write. It
 * proves itself with its own key (a public JWK) or as an OIDC client of a configured issuer.
 */
public record App(
    String id,
    String name,
    @Nullable String jwk,
    @Nullable String clientId,
    Set<String> purposes,
    Set<Facet> facets) {}
