package io.contextkeep.vault;

import io.contextkeep.vault.web.HttpSettings;
import io.contextkeep.vault.web.LimitSettings;
import java.net.URI;
import java.util.Set;

/**
 * Settings of connections to and from a vault.
 *
 * @param publicUrl the vault's own name: issuer and audience of its tokens
 * @param limits the limits of each caller
 * @param internalHosts internal hosts that addresses given over the API may name
 */
record WebSettings(
    HttpSettings http, URI publicUrl, LimitSettings limits, Set<String> internalHosts) {}
