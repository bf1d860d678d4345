@NullMarked
package io.contextkeep.vault.read;

import org.jspecify.annotations.NullMarked;
