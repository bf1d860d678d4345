package io.contextkeep.vault.erasure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Problem;
import java.util.Optional;

/**
 * What those who asked for their erasure are told of it: the same to the first call, to one that is
 * repeated, and to a receipt code.
 */
public final class ErasureAnswers {
  /** The header with the receipt code. */
  public static final String CODE = "Idempotency-Key";

  private final Db db;
  private final Certificates certificates;

  ErasureAnswers(Db db, Certificates certificates) {
    this.db = db;
    this.certificates = certificates;
  }

  /** Reads the receipt code that was sent, if one was. */
  public static Optional<ReceiptCode> code(Optional<String> header) {
    return header.map(
        text ->
            ReceiptCode.parse(text)
                .orElseThrow(
                    () ->
                        Problem.badRequest(
                            "invalid_receipt_code",
                            "Send an " + CODE + " of " + ReceiptCode.RULE)));
  }

  /** The answer about the erasure that the code was chosen for. */
  public Optional<Answer> of(ReceiptCode code) {
    return db.inRead(c -> ErasureCertificates.ofCode(c, code)).map(this::of);
  }

  /** 200 with the certificate, or 202 as long as the erasure is not finished. */
  public Answer of(String number) {
    Optional<String> jws = db.inRead(c -> certificates.signed(c, number));
    ObjectNode body = Json.MAPPER.createObjectNode().put("erased", jws.isPresent());
    ObjectNode certificate = body.putObject("certificate").put("number", number);
    jws.ifPresent(signed -> certificate.put("jws", signed));
    return jws.isPresent() ? Answer.ok(body) : Answer.json(202, body);
  }
}
