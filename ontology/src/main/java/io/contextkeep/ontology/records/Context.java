package io.contextkeep.ontology.records;

import io.contextkeep.ontology.Vocabulary;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The JSON-LD 1.1 contexts, one for each family of documents. Signed documents embed their context,
 * so the terms of one family never change for the needs of another.
 */
enum Context {
  RECORDS(
      Map.of(),
      List.of(
          "dpv:ConsentRecord",
          "dpv:ConsentReceipt",
          "dpv:ConsentNotice",
          "dpv:DataSubject",
          "dpv:GuardianOfDataSubject",
          "dpv:Authority",
          "dpv:DataController",
          "dpv:DataProcessor",
          "dpv:ThirdParty",
          "dpv:Recipient",
          "dpv:Process",
          "dpv:StorageLocation",
          "dpv:StorageDuration",
          "dpv:WithdrawConsent",
          "dpv:UntilTimeDuration",
          "dpv:UntilEventDuration",
          "dpv:EndlessDuration",
          "dpv:RightExerciseRecord",
          "ck:RefusalRecord",
          "ck:RefusedProcess",
          "ck:RefusalEvent",
          "ck:ConsentEvent",
          "ck:NoticeReceipt"),
      EnumSet.range(Word.CONFORMS_TO, Word.JUSTIFICATION)),

  /** Returns the terms of the second form, in DPV's terms for expiry, retention and events. */
  RECORDS_2(
      Map.of("rdf", Vocabulary.RDF),
      List.of(
          "dpv:ConsentRecord",
          "dpv:ConsentReceipt",
          "dpv:ConsentNotice",
          "dpv:DataSubject",
          "dpv:GuardianOfDataSubject",
          "dpv:Authority",
          "dpv:DataProtectionAuthority",
          "dpv:DataController",
          "dpv:DataProcessor",
          "dpv:ThirdParty",
          "dpv:Recipient",
          "dpv:Process",
          "dpv:StorageLocation",
          "dpv:StorageDuration",
          "dpv:WithdrawConsent",
          "dpv:TemporalDuration",
          "dpv:UntilTimeDuration",
          "dpv:UntilEventDuration",
          "dpv:EndlessDuration",
          "dpv:ConsentGiven",
          "dpv:RenewedConsentGiven",
          "dpv:ConsentUnknown",
          "dpv:ConsentRequested",
          "dpv:ConsentRequestDeferred",
          "dpv:ConsentRefused",
          "dpv:ConsentWithdrawn",
          "dpv:ConsentRevoked",
          "dpv:ConsentExpired",
          "dpv:ConsentInvalidated",
          "ck:RefusalRecord",
          "ck:RefusedProcess",
          "ck:RefusalEvent",
          "ck:ConsentEvent",
          "ck:NoticeReceipt"),
      secondWords()),

  REQUESTS(
      Map.of(),
      List.of(
          "dpv:RightExerciseRecord", "dpv:RightExerciseActivity", "ck:ErasedRightExerciseRecord"),
      EnumSet.of(
          Word.CONFORMS_TO,
          Word.IDENTIFIER,
          Word.CREATED,
          Word.DATA_SUBJECT,
          Word.JURISDICTION,
          Word.RIGHT,
          Word.EVENT,
          Word.AT,
          Word.STATUS,
          Word.DUE,
          Word.JUSTIFICATION,
          Word.EVIDENCE)),

  ERASURES(
      Map.of("prov", Vocabulary.PROV),
      List.of(
          "dpv:RightFulfilmentNotice",
          "dpv:Recipient",
          "prov:Activity",
          "ck:DeletedRows",
          "ck:LogProof"),
      erasureWords());

  private final Map<String, String> morePrefixes;
  private final List<String> classes;
  private final Set<Word> words;

  Context(Map<String, String> morePrefixes, List<String> classes, Set<Word> words) {
    this.morePrefixes = morePrefixes;
    this.classes = classes;
    this.words = words;
  }

  private static Set<Word> secondWords() {
    EnumSet<Word> words = EnumSet.range(Word.CONFORMS_TO, Word.RECORD);
    words.removeAll(List.of(Word.EVENT, Word.UNTIL, Word.PERIOD));
    words.addAll(EnumSet.range(Word.ENTITY_ID, Word.LENGTH));
    return words;
  }

  private static Set<Word> erasureWords() {
    EnumSet<Word> words = EnumSet.range(Word.MODIFIED, Word.OUTCOME);
    words.addAll(
        List.of(
            Word.CONFORMS_TO,
            Word.IDENTIFIER,
            Word.CREATED,
            Word.ISSUER,
            Word.RIGHT,
            Word.STATUS,
            Word.PROCESSING,
            Word.RECIPIENT));
    return words;
  }

  /** Returns the context as documents embed it. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>(Vocabulary.PREFIXES);
    json.putAll(morePrefixes);
    json.put("id", "@id");
    json.put("type", "@type");
    classes.forEach(name -> json.put(name.substring(name.indexOf(':') + 1), name));
    words.forEach(word -> json.put(word.member, word.meaning()));
    return json;
  }
}
