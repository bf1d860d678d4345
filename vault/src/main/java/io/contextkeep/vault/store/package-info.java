@NullMarked
package io.contextkeep.vault.store;

import org.jspecify.annotations.NullMarked;
