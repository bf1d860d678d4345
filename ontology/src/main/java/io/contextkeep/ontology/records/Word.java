package io.contextkeep.ontology.records;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.jena.datatypes.RDFDatatype;
import org.apache.jena.datatypes.xsd.XSDDatatype;
import org.jspecify.annotations.Nullable;

/**
 * The terms of the JSON-LD documents: a member's name, its property and the type of its values. The
 * published context is made from these, so that a document and its triples always agree.
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
  EVIDENCE("evidence", "ck:evidence"),
  MODIFIED("modified", "dct:modified", XSDDatatype.XSDdateTime),
  ASKED("askedAt", "ck:askedAt", XSDDatatype.XSDdateTime),
  OCCASION("occasion", "ck:occasion"),
  STAGE("stage", "ck:stage"),
  STEP("step", "ck:step"),
  WHAT("what", "ck:what"),
  ENDED("endedAt", "prov:endedAtTime", XSDDatatype.XSDdateTime),
  FINGERPRINT("keyFingerprint", "ck:keyFingerprint", XSDDatatype.XSDstring),
  DELETED("deleted", "ck:deleted"),
  TABLE("table", "ck:table", XSDDatatype.XSDstring),
  ROWS("rows", "ck:rows", XSDDatatype.XSDnonNegativeInteger),
  PROOF("proof", "ck:proof"),
  LOG("log", "ck:log", XSDDatatype.XSDstring),
  INDEX("index", "ck:index", XSDDatatype.XSDnonNegativeInteger),
  LEAF_HASH("leafHash", "ck:leafHash", XSDDatatype.XSDstring),
  PROOF_AT("proofAt", "ck:proofAt", XSDDatatype.XSDanyURI),
  BACKUPS("backups", "ck:backups"),
  BACKUP_RETENTION("backupRetention", "ck:backupRetention", XSDDatatype.XSDduration),
  KEY_COPIES_EXPIRE("keyCopiesExpire", "ck:keyCopiesExpire", XSDDatatype.XSDdateTime),
  DATA_COPIES_EXPIRE("dataCopiesExpire", "ck:dataCopiesExpire", XSDDatatype.XSDdateTime),
  RECIPIENTS_KNOWN("recipientsKnown", "ck:recipientsKnown"),
  NOTICE_STATE("noticeState", "ck:noticeState"),
  TOLD("toldAt", "ck:toldAt", XSDDatatype.XSDdateTime),
  CLOSED("closedAt", "ck:closedAt", XSDDatatype.XSDdateTime),
  OUTCOME("outcome", "ck:outcome"),
  ENTITY_ID("entityId", "dpv:hasIdentifier", XSDDatatype.XSDstring),
  DATA_SOURCE("dataSource", "dpv:hasDataSource"),
  NECESSITY("necessity", "dpv:hasNecessity"),
  AUTHORITY("authority", "dpv:hasAuthority"),
  CONSENT_EVENT("event", "dpv:hasConsentStatus"),
  DATE("date", "dct:date", XSDDatatype.XSDdateTime),
  VALID("valid", "dct:valid", XSDDatatype.XSDstring),
  IMPLEMENTED_BY("implementedBy", "dpv:isImplementedByEntity"),
  END("until", "rdf:value", XSDDatatype.XSDdateTime),
  END_EVENT("untilEvent", "rdf:value", XSDDatatype.XSDstring),
  LENGTH("period", "rdf:value", XSDDatatype.XSDduration);

  final String member;
  final String property;

  /** The datatype of literals; null if the values are IRIs or nodes. */
  final @Nullable RDFDatatype literal;

  Word(String member, String property) {
    this(member, property, null);
  }

  Word(String member, String property, @Nullable RDFDatatype literal) {
    this.member = member;
    this.property = property;
    this.literal = literal;
  }

  /** Returns the definition of the term in a context, which declares references as such. */
  Map<String, Object> meaning() {
    String type =
        literal == null
            ? "@id"
            : "xsd:" + literal.getURI().substring(literal.getURI().indexOf('#') + 1);
    Map<String, Object> meaning = new LinkedHashMap<>();
    meaning.put("@id", property);
    meaning.put("@type", type);
    return meaning;
  }
}
