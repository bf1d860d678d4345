/**
 * The other side of the wire: what an app uses to ask its vault for context. Begin with {@link
 * io.contextkeep.client.VaultClient}.
 */
@NullMarked
package io.contextkeep.client;

import org.jspecify.annotations.NullMarked;
