/** Everything held about a customer, to take away (GDPR articles 15 and 20), as JSON-LD or CSV. */
@NullMarked
package io.contextkeep.vault.portability;

import org.jspecify.annotations.NullMarked;
