/** Copies of the audit log for security monitoring, sent after commit and never before. */
@NullMarked
package io.contextkeep.vault.siem;

import org.jspecify.annotations.NullMarked;
