/** The wire: requests in, replies and problems out. */
@NullMarked
package io.contextkeep.vault.http;

import org.jspecify.annotations.NullMarked;
