package io.contextkeep.vault.db;

import io.contextkeep.audit.AuditLog;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The tables of vault.db, as a list of migrations that are never changed once released. */
public final class Schema {
  private static final int LAST = 20;
  private static final int PRUNED_COUNTS = 12;

  private Schema() {}

  /** Returns all migrations, the first with the audit log's tables. */
  public static List<String> migrations() {
    List<String> migrations = new ArrayList<>(List.of(migration(1) + AuditLog.schema()));
    for (int number = 2; number <= LAST; number++) {
      String counts = number == PRUNED_COUNTS ? AuditLog.prunedCounts() : "";
      migrations.add(migration(number) + counts);
    }
    return migrations;
  }

  private static String migration(int number) {
    try (InputStream in =
        Objects.requireNonNull(Schema.class.getResourceAsStream("V" + number + ".sql"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("The schema cannot be read", e);
    }
  }
}
