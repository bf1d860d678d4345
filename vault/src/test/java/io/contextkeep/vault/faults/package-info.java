/**
 * Tests with faults: a killed process, a full disk, a blocked or read-only database, overload. No
 * acknowledged write is lost, no read goes unrecorded, nothing leaks.
 */
@NullMarked
package io.contextkeep.vault.faults;

import org.jspecify.annotations.NullMarked;
