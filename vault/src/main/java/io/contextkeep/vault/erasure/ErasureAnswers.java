package io.contextkeep.vault.erasure;

import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Problem;
import java.util.Optional;

/**
 * The answers to an erasure: the same to the first call, to a repeated one, and to a receipt code.
 */
public final class ErasureAnswers {
  /** The header with the receipt code. */
  public static final String CODE = "Idempotency-Key";

  private final Db db;
  private final Certificates certificates;

  private record Erased(boolean erased, Certificate certificate) {}

  private record Certificate(String number, Optional<String> jws) {}

  ErasureAnswers(Db db, Certificates certificates) {
    this.db = db;
    this.certificates = certificates;
  }

  /** Reads the receipt code of a request, if it has one. */
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

  /** Returns the answer about the erasure with that code. */
  public Optional<Answer> of(ReceiptCode code) {
    return db.inRead(c -> ErasureCertificates.ofCode(c, code)).map(this::of);
  }

  /** Returns 200 with the certificate, or 202 until the erasure is finished. */
  public Answer of(String number) {
    Optional<String> jws = db.inRead(c -> certificates.signed(c, number));
    Erased body = new Erased(jws.isPresent(), new Certificate(number, jws));
    return jws.isPresent() ? Answer.ok(body) : Answer.json(202, body);
  }
}
