/** What a controller must be able to show: what is done, what could be seen, who was affected. */
@NullMarked
package io.contextkeep.vault.accountability;

import org.jspecify.annotations.NullMarked;
