@NullMarked
package io.contextkeep.vault.consent.signals;

import org.jspecify.annotations.NullMarked;
