/** The export of all data held about a customer (GDPR articles 15 and 20), as JSON-LD or CSV. */
@NullMarked
package io.contextkeep.vault.portability;

import org.jspecify.annotations.NullMarked;
