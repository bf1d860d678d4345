/**
 * The client library that apps ask a vault with. Begin with {@link
 * io.contextkeep.client.VaultClient}.
 */
@NullMarked
package io.contextkeep.client;

import org.jspecify.annotations.NullMarked;
