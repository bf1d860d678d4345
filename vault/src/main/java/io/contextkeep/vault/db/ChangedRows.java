package io.contextkeep.vault.db;

import io.contextkeep.audit.LogStore.Participant;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.sqlite.Function;

/**
 * The keys of the rows that a transaction changed, told to a listener after the commit and before
 * any of its writers is answered. Triggers on the writer's connection collect them, so it does not
 * matter which statement changed a row, or whether it was deleted with another one.
 *
 * <p>Also a transaction that was rolled back is told: whether a failed commit is durable is
 * unknown.
 */
final class ChangedRows implements Participant {
  private final Consumer<Set<Long>> listener;
  private final Set<Long> keys = new HashSet<>();

  private ChangedRows(Consumer<Set<Long>> listener) {
    this.listener = listener;
  }

  /**
   * Begins to watch. It runs on the writer's thread, as everything here.
   *
   * @param keyColumns for each table the column whose value is told, a whole number
   */
  static ChangedRows watch(
      Connection writer, Map<String, String> keyColumns, Consumer<Set<Long>> listener)
      throws SQLException {
    ChangedRows changed = new ChangedRows(listener);
    Function.create(
        writer,
        "changed_row",
        new Function() {
          @Override
          protected void xFunc() throws SQLException {
            changed.keys.add(value_long(0));
          }
        },
        1,
        0);
    for (Map.Entry<String, String> table : keyColumns.entrySet()) {
      for (Change change : Change.values()) {
        Connections.execute(writer, change.trigger(table.getKey(), table.getValue()));
      }
    }
    return changed;
  }

  /** The kinds of changes, each with its event and what its trigger calls. */
  private enum Change {
    ADDED("AFTER INSERT", "SELECT changed_row(NEW.%1$s)"),
    CHANGED("AFTER UPDATE", "SELECT changed_row(OLD.%1$s), changed_row(NEW.%1$s)"),
    REMOVED("AFTER DELETE", "SELECT changed_row(OLD.%1$s)");

    private final String event;
    private final String call;

    Change(String event, String call) {
      this.event = event;
      this.call = call;
    }

    /** Returns the trigger. It is temporary: it belongs to the connection and not to the file. */
    String trigger(String table, String column) {
      String name = "watched_" + table + "_" + name().toLowerCase(Locale.ROOT);
      return "CREATE TEMP TRIGGER %s %s ON main.%s BEGIN %s; END"
          .formatted(name, event, table, call.formatted(column));
    }
  }

  @Override
  public void committed() {
    tell();
  }

  @Override
  public void rolledBack() {
    tell();
  }

  private void tell() {
    if (!keys.isEmpty()) {
      listener.accept(Set.copyOf(keys));
      keys.clear();
    }
  }
}
