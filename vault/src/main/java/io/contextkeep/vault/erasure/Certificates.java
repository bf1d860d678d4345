package io.contextkeep.vault.erasure;

import io.contextkeep.audit.Jcs;
import io.contextkeep.ontology.records.ErasureCertificate;
import io.contextkeep.ontology.records.ErasureCertificate.Backups;
import io.contextkeep.ontology.records.ErasureCertificate.Cleaned;
import io.contextkeep.ontology.records.ErasureCertificate.Proof;
import io.contextkeep.ontology.records.ErasureCertificate.Recipient;
import io.contextkeep.ontology.records.Form;
import io.contextkeep.vault.crypto.JwsKey;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * The certificates of erasure as they are issued: JSON-LD in canonical JSON (RFC 8785), signed as a
 * compact JSON Web Signature (RFC 7515). The same content gives the same bytes.
 */
final class Certificates {
  private static final String TYPE = "erasure-certificate+jwt";

  private final JwsKey key;
  private final String issuer;
  private final String log;

  /**
   * @param issuer the vault's name
   * @param log the audit log's origin
   */
  public Certificates(JwsKey key, String issuer, String log) {
    this.key = key;
    this.issuer = issuer;
    this.log = log;
  }

  /** Returns the newest form of a certificate; empty until the erasure is finished. */
  public Optional<String> signed(Connection c, String number) throws SQLException {
    Optional<ErasureCertificates.Row> row =
        ErasureCertificates.find(c, number).filter(found -> found.logEmptied().isPresent());
    return row.isEmpty() ? Optional.empty() : Optional.of(signed(c, row.get()));
  }

  private String signed(Connection c, ErasureCertificates.Row row) throws SQLException {
    ErasureCertificate certificate =
        new ErasureCertificate(
            row.number(),
            issuer,
            row.asked(),
            row.keyPrint(),
            row.keyDestroyed(),
            row.rowsDeleted(),
            row.deleted(),
            row.logEmptied().orElseThrow(),
            row.fileRewritten().map(at -> new Cleaned(row.graphCompacted().orElse(at), at)),
            new Proof(log, row.entry(), row.leaf(), URI.create(at("/v1/receipts/" + row.entry()))),
            row.backupRetention().map(promised -> backups(row, promised)),
            row.everyRecipient(),
            ErasureNotices.of(c, row.number()).stream().map(Certificates::recipient).toList());
    return key.sign(TYPE, Jcs.bytes(Form.NEWEST.write(certificate).json()));
  }

  private String at(String path) {
    return issuer.startsWith("http") ? issuer.replaceFirst("/+$", "") + path : path;
  }

  /**
   * Returns when the last copy with the data expires: one that was made just before the erasure.
   */
  private static Backups backups(ErasureCertificates.Row row, Period retention) {
    return new Backups(
        retention.toString(),
        row.keyDestroyed().map(at -> after(at, retention)),
        row.fileRewritten().map(at -> after(at, retention)));
  }

  private static Instant after(Instant at, Period retention) {
    return at.atOffset(ZoneOffset.UTC).plus(retention).toInstant();
  }

  private static Recipient recipient(ErasureNotices.Notice notice) {
    return new Recipient(
        notice.app(),
        switch (notice.state()) {
          case NOT_TOLD -> "ck:NotTold";
          case TOLD -> "ck:Told";
          case ACKNOWLEDGED -> "ck:Acknowledged";
          case GIVEN_UP -> "ck:GivenUp";
          case NOT_NAMED -> "ck:NotNamed";
        },
        notice.told(),
        notice.closed(),
        notice
            .outcome()
            .map(
                outcome ->
                    switch (outcome) {
                      case ERASED -> "ck:RecipientErased";
                      case NOTHING_HELD -> "ck:NothingHeld";
                      case KEPT_BY_LAW -> "ck:KeptByLaw";
                    }));
  }
}
