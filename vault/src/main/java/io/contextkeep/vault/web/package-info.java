/**
 * HTTP for every feature: routing, authentication, limits, strict JSON, problem details (RFC 9457),
 * TLS. A route cannot be declared without its callers. It does not depend on any feature.
 */
@NullMarked
package io.contextkeep.vault.web;

import org.jspecify.annotations.NullMarked;
