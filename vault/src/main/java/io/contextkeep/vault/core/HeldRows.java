package io.contextkeep.vault.core;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * The rows of a table that are about a customer, as the feature that owns the table gives them to
 * the customer's erasure.
 *
 * @param select selects the keys of some of the rows; its parameters are the customer and a limit
 * @param delete deletes the row of a key
 */
public record HeldRows(String table, String select, String delete) {

  /** Deletes some of the customer's rows and returns how many. */
  public int delete(Connection c, SubjectId subject, int most) throws SQLException {
    List<Object[]> keys = Sql.query(c, select, HeldRows::key, subject.value(), most);
    for (Object[] key : keys) {
      Sql.update(c, delete, key);
    }
    return keys.size();
  }

  private static Object[] key(ResultSet row) throws SQLException {
    Object[] columns = new Object[row.getMetaData().getColumnCount()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = row.getObject(i + 1);
    }
    return columns;
  }
}
