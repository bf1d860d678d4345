/** The client library of apps. Begin with {@link io.contextkeep.client.VaultClient}. */
@NullMarked
package io.contextkeep.client;

import org.jspecify.annotations.NullMarked;
