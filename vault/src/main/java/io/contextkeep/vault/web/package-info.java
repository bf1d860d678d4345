/**
 * HTTP for every feature: routing, authentication, limits, strict JSON, problem details (RFC 9457),
 * TLS. A route cannot be declared without saying who may call it. It knows no feature.
 */
@NullMarked
package io.contextkeep.vault.web;

import org.jspecify.annotations.NullMarked;
