package io.contextkeep.vault;

import io.contextkeep.vault.customers.IdentifierKinds;
import io.contextkeep.vault.identity.IssuerSettings;
import java.util.List;

/**
 * Who callers and customers are.
 *
 * @param issuers the OpenID Connect issuers whose tokens count, each under a name of its own
 */
record IdentitySettings(List<IssuerSettings> issuers, IdentifierKinds identifierKinds) {}
