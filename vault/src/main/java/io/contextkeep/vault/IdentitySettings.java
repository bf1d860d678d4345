package io.contextkeep.vault;

import io.contextkeep.vault.customers.IdentifierKinds;
import io.contextkeep.vault.identity.IssuerSettings;
import java.util.List;

/**
 * Settings of the identities of callers and customers.
 *
 * @param issuers the trusted OpenID Connect issuers by name
 */
record IdentitySettings(List<IssuerSettings> issuers, IdentifierKinds identifierKinds) {}
