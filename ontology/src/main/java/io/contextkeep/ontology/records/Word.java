package io.contextkeep.ontology.records;

import io.contextkeep.ontology.Vocabulary;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.jena.datatypes.RDFDatatype;
import org.apache.jena.datatypes.xsd.XSDDatatype;
import org.jspecify.annotations.Nullable;

/**
 * The words of the JSON-LD documents: each a member's name, the property that it means and what its
 * values are. The published context is made of these, so that a document and its triples cannot
 * mean two things.
 */
enum Word {
  CONFORMS_TO("conformsTo", "dct:conformsTo"),
  IDENTIFIER("identifier", "dct:identifier", XSDDatatype.XSDstring),
  CREATED("created", "dct:created", XSDDatatype.XSDdateTime),
  ISSUER("issuer", "dct:publisher"),
  DATA_SUBJECT("dataSubject", "dpv:hasDataSubject"),
  NOTICE("notice", "dpv:hasNotice"),
  LANGUAGE("language", "dct:language", XSDDatatype.XSDlanguage),
  TITLE("title", "dct:title", XSDDatatype.XSDstring),
  DIGEST("sha256", "ck:sha256", XSDDatatype.XSDstring),
  PROCESS("process", "dpv:hasProcess"),
  PURPOSE("purpose", "dpv:hasPurpose"),
  LEGAL_BASIS("legalBasis", "dpv:hasLegalBasis"),
  PERSONAL_DATA("personalData", "dpv:hasPersonalData"),
  SPECIAL_CATEGORY("specialCategory", "ck:hasSpecialCategory"),
  PROCESSING("processing", "dpv:hasProcessing"),
  STORAGE("storage", "dpv:hasStorageCondition"),
  LOCATION("location", "dpv:hasLocation"),
  CONTROLLER("controller", "dpv:hasDataController"),
  RECIPIENT("recipient", "dpv:hasRecipient"),
  NAME("name", "dpv:hasName", XSDDatatype.XSDstring),
  ADDRESS("address", "dpv:hasAddress", XSDDatatype.XSDstring),
  CONTACT("contact", "dpv:hasContact", XSDDatatype.XSDstring),
  WITHDRAWAL("withdrawal", "dpv:hasConsentControl"),
  EXERCISED_AT("exercisedAt", "dpv:isExercisedAt"),
  JURISDICTION("jurisdiction", "dpv:hasJurisdiction"),
  RIGHT("right", "dpv:hasRight"),
  EVENT("event", "ck:event"),
  STATE("state", "dpv:hasConsentStatus"),
  AT("at", "dpv:isIndicatedAtTime", XSDDatatype.XSDdateTime),
  BY("by", "dpv:isIndicatedBy"),
  METHOD("method", "dpv:hasIndicationMethod"),
  DURATION("duration", "dpv:hasDuration"),
  UNTIL("until", "ck:until", XSDDatatype.XSDdateTime),
  PERIOD("period", "ck:period", XSDDatatype.XSDduration),
  RECORD("record", "dpv:hasRecordOfActivity"),
  STATUS("requestState", "dpv:hasStatus"),
  DUE("due", "ck:due", XSDDatatype.XSDdateTime),
  JUSTIFICATION("justification", "dpv:hasJustification"),
  EVIDENCE("evidence", "ck:evidence");

  /** What the context of receipts names: they were signed with it, so it never changes. */
  private static final Set<Word> OF_RECEIPTS = EnumSet.range(CONFORMS_TO, JUSTIFICATION);

  /** The classes that documents use, by their short names. */
  private static final List<String> CLASSES =
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
          "ck:NoticeReceipt");

  /** The classes of rights requests; the first of them is in the context of receipts already. */
  private static final List<String> REQUEST_CLASSES =
      List.of("dpv:RightExerciseActivity", "ck:ErasedRightExerciseRecord");

  final String member;
  final String property;

  /** What a literal is; null where the values are IRIs or nodes. */
  final @Nullable RDFDatatype literal;

  Word(String member, String property) {
    this(member, property, null);
  }

  Word(String member, String property, @Nullable RDFDatatype literal) {
    this.member = member;
    this.property = property;
    this.literal = literal;
  }

  /** The context of receipts and of the records in them. */
  static Map<String, Object> context() {
    return context(CLASSES, OF_RECEIPTS);
  }

  /** The context of rights requests. */
  static Map<String, Object> contextOfRequests() {
    return context(
        Stream.concat(CLASSES.stream(), REQUEST_CLASSES.stream()).toList(),
        EnumSet.allOf(Word.class));
  }

  /** A JSON-LD 1.1 context: a reference is declared to be one, or it would be a mere string. */
  private static Map<String, Object> context(List<String> classes, Set<Word> words) {
    Map<String, Object> context = new LinkedHashMap<>();
    context.putAll(Vocabulary.PREFIXES);
    context.put("id", "@id");
    context.put("type", "@type");
    for (String name : classes) {
      context.put(name.substring(name.indexOf(':') + 1), name);
    }
    for (Word word : words) {
      String type =
          word.literal == null
              ? "@id"
              : "xsd:" + word.literal.getURI().substring(word.literal.getURI().indexOf('#') + 1);
      Map<String, Object> meaning = new LinkedHashMap<>();
      meaning.put("@id", word.property);
      meaning.put("@type", type);
      context.put(word.member, meaning);
    }
    return context;
  }
}
