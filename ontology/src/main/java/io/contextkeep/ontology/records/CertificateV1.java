package io.contextkeep.ontology.records;

import io.contextkeep.ontology.Urns;
import io.contextkeep.ontology.records.ErasureCertificate.Recipient;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** The first form of a certificate of erasure: DPV 2.3, its steps as PROV-O activities. */
final class CertificateV1 {

  private CertificateV1() {}

  static Document of(ErasureCertificate erasure) {
    String id = "urn:contextkeep:erasure:" + erasure.number();
    Document document =
        new Document(Context.ERASURES, id, "dpv:RightFulfilmentNotice")
            .with(Word.CONFORMS_TO, "ck:erasure-certificate-1")
            .with(Word.IDENTIFIER, erasure.number())
            .with(Word.ISSUER, erasure.issuer())
            .with(Word.CREATED, erasure.logEmptied().toString())
            .with(Word.MODIFIED, modified(erasure).toString())
            .with(Word.RIGHT, "eu-gdpr:A17")
            .with(Word.STATUS, "dpv:RequestFulfilled")
            .with(Word.STAGE, erasure.cleaned().isPresent() ? "ck:Cleaned" : "ck:Erased")
            .with(Word.OCCASION, erasure.asked().isPresent() ? "ck:Asked" : "ck:RestoredCopy");
    erasure.asked().ifPresent(at -> document.with(Word.ASKED, at.toString()));
    steps(document, id, erasure);
    backups(document, erasure.backups());
    document.with(
        Word.RECIPIENTS_KNOWN,
        erasure.everyRecipient() ? "ck:AllRecipients" : "ck:OlderEntriesPruned");
    for (Recipient recipient : erasure.recipients()) {
      document.with(Word.RECIPIENT, recipient(id, recipient));
    }
    return document;
  }

  private static void steps(Document document, String id, ErasureCertificate erasure) {
    Document key = step(id, "ck:KeyDestroyed", erasure.keyDestroyed());
    erasure.keyFingerprint().ifPresent(print -> key.with(Word.FINGERPRINT, print));
    Document rows =
        step(id, "ck:RowsDeleted", Optional.of(erasure.rowsDeleted()))
            .with(
                Word.PROOF,
                new Document(id + ":proof", "ck:LogProof")
                    .with(Word.LOG, erasure.proof().log())
                    .with(Word.INDEX, String.valueOf(erasure.proof().index()))
                    .with(Word.LEAF_HASH, erasure.proof().leafHash())
                    .with(Word.PROOF_AT, erasure.proof().at().toString()));
    erasure.rows().forEach((table, count) -> rows.with(Word.DELETED, deleted(id, table, count)));
    document
        .with(Word.STEP, key)
        .with(Word.STEP, rows)
        .with(Word.STEP, step(id, "ck:LogEmptied", Optional.of(erasure.logEmptied())));
    erasure
        .cleaned()
        .ifPresent(
            cleaned ->
                document
                    .with(
                        Word.STEP,
                        step(id, "ck:GraphCompacted", Optional.of(cleaned.graphCompacted())))
                    .with(
                        Word.STEP,
                        step(id, "ck:FileRewritten", Optional.of(cleaned.fileRewritten()))));
  }

  private static Document step(String id, String what, Optional<Instant> ended) {
    String name = what.substring(what.indexOf(':') + 1);
    Document step =
        new Document(id + ":" + name, "prov:Activity")
            .with(Word.WHAT, what)
            .with(Word.PROCESSING, "dpv:Erase");
    ended.ifPresent(at -> step.with(Word.ENDED, at.toString()));
    return step;
  }

  private static Document deleted(String id, String table, long rows) {
    return new Document(id + ":rows:" + table, "ck:DeletedRows")
        .with(Word.TABLE, table)
        .with(Word.ROWS, String.valueOf(rows));
  }

  private static void backups(Document document, Optional<ErasureCertificate.Backups> backups) {
    document.with(Word.BACKUPS, backups.isPresent() ? "ck:TimePromised" : "ck:NoTimePromised");
    backups.ifPresent(
        promised -> {
          document.with(Word.BACKUP_RETENTION, promised.retention());
          promised.keys().ifPresent(at -> document.with(Word.KEY_COPIES_EXPIRE, at.toString()));
          promised.data().ifPresent(at -> document.with(Word.DATA_COPIES_EXPIRE, at.toString()));
        });
  }

  private static Document recipient(String id, Recipient recipient) {
    Document document =
        new Document(id + ":recipient:" + recipient.app(), "dpv:Recipient")
            .with(Word.IDENTIFIER, Urns.app(recipient.app()))
            .with(Word.NOTICE_STATE, recipient.state());
    recipient.told().ifPresent(at -> document.with(Word.TOLD, at.toString()));
    recipient.closed().ifPresent(at -> document.with(Word.CLOSED, at.toString()));
    recipient.outcome().ifPresent(outcome -> document.with(Word.OUTCOME, outcome));
    return document;
  }

  /** Returns the time of its last change, so that unchanged content is signed identically. */
  private static Instant modified(ErasureCertificate erasure) {
    Stream<Instant> notices =
        erasure.recipients().stream()
            .flatMap(
                recipient -> Stream.concat(recipient.told().stream(), recipient.closed().stream()));
    Stream<Instant> steps =
        Stream.concat(
            Stream.of(erasure.logEmptied()),
            erasure.cleaned().map(ErasureCertificate.Cleaned::fileRewritten).stream());
    return Stream.concat(steps, notices).max(Comparator.naturalOrder()).orElseThrow();
  }
}
