package io.contextkeep.vault.context;

import io.contextkeep.audit.AuditEntry;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The entry that a prepared read made last, for the next one that says the same. */
final class LastEntry {
  private record Made(Saying saying, AuditEntry entry) {}

  private volatile @Nullable Made last;

  /** Returns an entry that says this: the last one, or else a new one, which is kept. */
  AuditEntry entry(Saying saying, Supplier<AuditEntry> make) {
    Made made = last;
    if (made == null || !made.saying().equals(saying)) {
      made = new Made(saying, make.get());
      last = made;
    }
    return made.entry();
  }
}
