/**
 * Questions of analysts, read strictly, brought into one canonical form, and planned before data is
 * read.
 */
@NullMarked
package io.contextkeep.vault.analytics.query;

import org.jspecify.annotations.NullMarked;
