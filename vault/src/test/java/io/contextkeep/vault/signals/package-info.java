@NullMarked
package io.contextkeep.vault.signals;

import org.jspecify.annotations.NullMarked;
