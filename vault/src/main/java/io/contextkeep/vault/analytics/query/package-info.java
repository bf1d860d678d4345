/**
 * Questions of analysts: a strict reader, a canonical form, and a plan that is made before data is
 * read.
 */
@NullMarked
package io.contextkeep.vault.analytics.query;

import org.jspecify.annotations.NullMarked;
