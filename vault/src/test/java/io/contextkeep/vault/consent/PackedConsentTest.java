package io.contextkeep.vault.consent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.ontology.ConsentStatus;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

final class PackedConsentTest {
  private static final long NOW = 1_000;

  private static long column(Connection c, String status) throws SQLException {
    try (PreparedStatement select =
        c.prepareStatement(
            "SELECT "
                + PackedConsent.COLUMN
                + " FROM (SELECT 1 AS explicit, 1 AS yields, '*' AS recipient, 'p' AS purpose,"
                + " 1000 AS expires, 1764633600000 AS at, ? AS status)")) {
      select.setString(1, "p");
      select.setLong(2, NOW);
      select.setString(3, status);
      try (ResultSet row = select.executeQuery()) {
        return row.getLong(1);
      }
    }
  }

  @Test
  void everyStatus_isUnpackedToItself_andAnUnknownOneToNothing() throws SQLException {
    try (Connection c = DriverManager.getConnection("jdbc:sqlite::memory:")) {
      for (ConsentStatus status : ConsentStatus.values()) {
        ConsentRow row = PackedConsent.of(column(c, status.name()), "p").unpacked("shop");
        assertThat(row.latest()).isEqualTo(status);
        assertThat(row.recipient()).isEqualTo("*");
        assertThat(row.explicit()).isTrue();
        assertThat(row.yields()).isTrue();
        assertThat(row.expiresAt()).isNotNull();
        assertThat(row.at()).isEqualTo(1_764_633_600_000L);
      }
      long unknown = column(c, "ANOTHER");
      assertThatThrownBy(() -> PackedConsent.of(unknown, "p"))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
