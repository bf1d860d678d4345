package io.contextkeep.vault;

import io.contextkeep.audit.AuditRow;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Sql;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A fingerprint of a database, with which a test can see that nothing changed. Rows that the vault
 * adds by itself are left out.
 */
final class Fingerprint {
  private static final Set<String> ITS_OWN =
      Set.of(
          "audit_cosignature",
          "audit_checkpoint",
          "audit_tile",
          "audit_kind",
          "audit_tally",
          "audit_node",
          "audit_group",
          "audit_kept",
          "audit_last",
          "audit_state",
          "audit_by_kind",
          "audit_by_request",
          "audit_by_customer",
          "staff",
          "projection",
          "graph_erasure");

  /** The name under which the entries of the log are compared. */
  static final String ENTRIES = "entries";

  /** Cleaning the files of erased customers is not caused by requests. */
  private static final String CERTIFICATES =
      "(SELECT number, asked, key_destroyed, deleted, entry, log_emptied FROM erasure_certificate)";

  private Fingerprint() {}

  /** Returns the number of rows and a hash over them, by table. */
  static SortedMap<String, String> of(Db db) {
    return db.inRead(
        c -> {
          SortedMap<String, String> tables = new TreeMap<>();
          List<String> compared = new ArrayList<>(tables(c));
          compared.removeAll(ITS_OWN);
          for (String table : compared) {
            String from =
                switch (table) {
                  case "erasure_certificate" -> CERTIFICATES;
                  default -> table;
                };
            List<Integer> rows = Sql.query(c, "SELECT * FROM " + from, Fingerprint::hash);
            tables.put(table, rows.size() + " rows, " + rows.hashCode());
          }
          // The index of labels records its root by itself; requests cause all other entries.
          List<AuditRow> entries = new ArrayList<>(LoggedEntries.all(c));
          entries.removeIf(entry -> entry.type().equals("map-root"));
          tables.put(ENTRIES, entries.size() + " rows, " + entries.hashCode());
          return tables;
        });
  }

  /**
   * Returns the fingerprint of a vault's database, recomputed only if there was a commit since the
   * last one, which SQLite reports to a separate connection.
   */
  static final class Kept implements AutoCloseable {
    private final Db db;
    private final Connection watching;
    private long version = -1;
    private SortedMap<String, String> tables = new TreeMap<>();

    Kept(Db db, Path file) throws SQLException {
      this.db = db;
      this.watching = DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    SortedMap<String, String> now() {
      try (Statement statement = watching.createStatement();
          ResultSet row = statement.executeQuery("PRAGMA data_version")) {
        long seen = row.getLong(1);
        if (seen != version) {
          tables = of(db);
          version = seen;
        }
        return new TreeMap<>(tables);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() throws SQLException {
      watching.close();
    }
  }

  private static List<String> tables(Connection c) throws SQLException {
    return Sql.query(
        c, "SELECT name FROM sqlite_master WHERE type = 'table'", row -> row.getString(1));
  }

  private static int hash(ResultSet row) throws SQLException {
    int hash = 1;
    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
      Object value = row.getObject(i);
      hash = 31 * hash + (value instanceof byte[] bytes ? Arrays.hashCode(bytes) : hash(value));
    }
    return hash;
  }

  private static int hash(@org.jspecify.annotations.Nullable Object value) {
    return value == null ? 0 : value.hashCode();
  }
}
