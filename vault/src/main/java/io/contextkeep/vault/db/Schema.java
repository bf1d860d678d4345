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
  private static final int LAST = 24;

  /** The migrations that bring the audit log's steps, in their order. */
  private static final List<Integer> OF_LOG = List.of(1, 12, 21);

  private Schema() {}

  /** Returns all migrations, some of them with a step of the audit log's tables. */
  public static List<String> migrations() {
    List<String> migrations = new ArrayList<>();
    for (int number = 1; number <= LAST; number++) {
      int step = OF_LOG.indexOf(number);
      migrations.add(migration(number) + (step < 0 ? "" : AuditLog.migrations().get(step)));
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
