package io.contextkeep.vault;

import io.contextkeep.vault.web.HttpSettings;
import io.contextkeep.vault.web.LimitSettings;
import java.net.URI;
import java.util.Set;

/**
 * How a vault is reached, and whom it reaches.
 *
 * @param publicUrl the vault's own name: issuer and audience of its tokens
 * @param limits how much of the vault one caller may take up
 * @param internalHosts hosts outside the internet that addresses given over the API may name
 */
record WebSettings(
    HttpSettings http, URI publicUrl, LimitSettings limits, Set<String> internalHosts) {}
