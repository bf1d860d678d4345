/** What analysts may ask: read strictly, in one canonical form, and planned before data is read. */
@NullMarked
package io.contextkeep.vault.analytics.query;

import org.jspecify.annotations.NullMarked;
