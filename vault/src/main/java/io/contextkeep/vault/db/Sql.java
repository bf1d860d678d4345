package io.contextkeep.vault.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Plain JDBC without the boilerplate: a statement's text, its arguments and a row mapper. Every
 * value is a parameter; no SQL is ever put together from data.
 */
public final class Sql {

  /** Maps a row to a value. */
  @FunctionalInterface
  public interface Row<T> {
    T map(ResultSet row) throws SQLException;
  }

  /** Reads a row. */
  @FunctionalInterface
  public interface Reader {
    void read(ResultSet row) throws SQLException;
  }

  private Sql() {}

  public static <T> List<T> query(Connection c, String sql, Row<T> row, @Nullable Object... args)
      throws SQLException {
    List<T> all = new ArrayList<>();
    each(c, sql, rows -> all.add(row.map(rows)), args);
    return all;
  }

  /** Hands each row to the reader, in order. */
  public static void each(Connection c, String sql, Reader reader, @Nullable Object... args)
      throws SQLException {
    use(
        c,
        sql,
        statement -> {
          try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
              reader.read(rows);
            }
          }
          return 0;
        },
        args);
  }

  public static <T> Optional<T> one(Connection c, String sql, Row<T> row, @Nullable Object... args)
      throws SQLException {
    List<T> all = query(c, sql, row, args);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.getFirst());
  }

  public static int update(Connection c, String sql, @Nullable Object... args) throws SQLException {
    return use(c, sql, PreparedStatement::executeUpdate, args);
  }

  /** Runs a statement that returns one whole number, such as an INSERT with RETURNING. */
  public static long number(Connection c, String sql, @Nullable Object... args)
      throws SQLException {
    return one(c, sql, row -> row.getLong(1), args).orElseThrow();
  }

  /** Returns a whole number; empty if the column is NULL. */
  public static @Nullable Long number(ResultSet row, int column) throws SQLException {
    long number = row.getLong(column);
    return row.wasNull() ? null : number;
  }

  private interface Use<T> {
    T of(PreparedStatement statement) throws SQLException;
  }

  /** Discards a statement that failed, since it may be unusable. */
  /**
   * Returns the last number generated for a row of the table; 0 if there was none. It is not in the
   * table, whose row may be deleted; each kind of store keeps it in its own way.
   */
  public static long newest(Connection c, String table) throws SQLException {
    return one(c, "SELECT seq FROM sqlite_sequence WHERE name = ?", row -> row.getLong(1), table)
        .orElse(0L);
  }

  private static <T> T use(Connection c, String sql, Use<T> use, @Nullable Object... args)
      throws SQLException {
    PreparedStatement statement = Statements.take(c, sql);
    boolean sound = false;
    try {
      bind(statement, args);
      T result = use.of(statement);
      sound = true;
      return result;
    } finally {
      if (sound) {
        Statements.giveBack(c, sql, statement);
      } else {
        statement.close();
      }
    }
  }

  private static void bind(PreparedStatement statement, @Nullable Object... args)
      throws SQLException {
    for (int i = 0; i < args.length; i++) {
      bind(statement, i + 1, args[i]);
    }
  }

  private static void bind(PreparedStatement statement, int index, @Nullable Object value)
      throws SQLException {
    switch (value) {
      case null -> statement.setObject(index, null);
      case String text -> statement.setString(index, text);
      case Long number -> statement.setLong(index, number);
      case Integer number -> statement.setInt(index, number);
      case Boolean flag -> statement.setInt(index, flag ? 1 : 0);
      case byte[] bytes -> statement.setBytes(index, bytes);
      default -> throw new IllegalArgumentException("No SQL type for " + value.getClass());
    }
  }
}
