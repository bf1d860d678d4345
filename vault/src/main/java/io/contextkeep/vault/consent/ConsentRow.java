package io.contextkeep.vault.consent;

import io.contextkeep.ontology.ConsentStatus;
import io.contextkeep.vault.db.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The consent of a customer to a purpose and a recipient, as of its latest event.
 *
 * @param expiresAt the end of a grant; null where it has none
 * @param at the time of the event, in milliseconds
 * @param yields whether it is a refusal that a later grant overrides
 */
public record ConsentRow(
    long event,
    String purpose,
    String recipient,
    ConsentStatus latest,
    boolean explicit,
    @Nullable Instant expiresAt,
    long at,
    boolean yields) {

  /**
   * Reads columns 2 to 6, event, explicit, purpose, recipient and status, and three more.
   *
   * @param times the first of the columns expires, at and yields
   */
  public static ConsentRow of(ResultSet row, int times) throws SQLException {
    Long expires = Sql.number(row, times);
    return new ConsentRow(
        row.getLong(2),
        row.getString(4),
        row.getString(5),
        ConsentStatus.valueOf(row.getString(6)),
        row.getInt(3) != 0,
        expires == null ? null : Instant.ofEpochMilli(expires),
        row.getLong(times + 1),
        row.getInt(times + 2) != 0);
  }

  /** Returns whether this refusal is overridden by a grant, although it covers its purpose. */
  public boolean yieldsTo(ConsentRow grant) {
    return yields && grant.latest.allows() && at < grant.at;
  }
}
