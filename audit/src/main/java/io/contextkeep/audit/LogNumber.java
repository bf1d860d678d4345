package io.contextkeep.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** A query of the log's database that has one number as its result, such as a count. */
final class LogNumber {
  private LogNumber() {}

  static long of(Connection c, String sql, long... arguments) throws SQLException {
    try (PreparedStatement select = c.prepareStatement(sql)) {
      return of(select, arguments);
    }
  }

  static long of(PreparedStatement select, long... arguments) throws SQLException {
    for (int i = 0; i < arguments.length; i++) {
      select.setLong(i + 1, arguments[i]);
    }
    try (ResultSet row = select.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }
}
