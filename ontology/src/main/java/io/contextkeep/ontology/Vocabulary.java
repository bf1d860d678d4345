package io.contextkeep.ontology;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The IRIs in the graphs: DPV 2.3 for consent, PROV-O for lineage, and a few of our own for what
 * neither has a term. A test looks up each DPV term in the published vocabulary.
 */
public final class Vocabulary {
  public static final String DPV = "https://w3id.org/dpv#";
  public static final String PROV = "http://www.w3.org/ns/prov#";
  public static final String OWN = "urn:contextkeep:vocab#";

  /** The prefixes of every CURIE that the vault writes. */
  public static final Map<String, String> PREFIXES = prefixes();

  /** The prefixes above with those that only some documents use. */
  private static final Map<String, String> NAMESPACES = namespaces();

  public static final String CONSENT_RECORD = DPV + "ConsentRecord";
  public static final String HAS_DATA_SUBJECT = DPV + "hasDataSubject";
  public static final String HAS_CONSENT_STATUS = DPV + "hasConsentStatus";
  public static final String HAS_LEGAL_BASIS = DPV + "hasLegalBasis";
  public static final String EXPRESSED_CONSENT = DPV + "ExpressedConsent";
  public static final String EXPLICIT_CONSENT = DPV + "ExplicitlyExpressedConsent";
  public static final String HAS_PURPOSE = DPV + "hasPurpose";
  public static final String HAS_RECIPIENT = DPV + "hasRecipient";
  public static final String INDICATED_AT = DPV + "isIndicatedAtTime";
  public static final String INDICATED_BY = DPV + "isIndicatedBy";
  public static final String INDICATION_METHOD = DPV + "hasIndicationMethod";
  public static final String HAS_NOTICE = DPV + "hasNotice";
  public static final String HAS_DURATION = DPV + "hasDuration";
  public static final String UNTIL_TIME = DPV + "UntilTimeDuration";
  public static final String PROCESS = DPV + "Process";
  public static final String HAS_PROCESSING = DPV + "hasProcessing";
  public static final String COLLECT = DPV + "Collect";
  public static final String DERIVE = DPV + "Derive";
  public static final String INFER = DPV + "Infer";
  public static final String ERASE = DPV + "Erase";
  public static final String DERIVED_DATA = DPV + "DerivedPersonalData";
  public static final String INFERRED_DATA = DPV + "InferredPersonalData";
  public static final String HAS_PERSONAL_DATA = DPV + "hasPersonalData";

  public static final String HAS_TECHNICAL_MEASURE = DPV + "hasTechnicalMeasure";
  public static final String DIFFERENTIAL_PRIVACY = DPV + "DifferentialPrivacy";
  public static final String RETRIEVE = DPV + "Retrieve";
  public static final String ANALYSE = DPV + "Analyse";

  public static final String ACTIVITY = PROV + "Activity";
  public static final String AGENT = PROV + "Agent";
  public static final String COLLECTION = PROV + "Collection";
  public static final String ASSOCIATED_WITH = PROV + "wasAssociatedWith";
  public static final String STARTED_AT = PROV + "startedAtTime";
  public static final String ENDED_AT = PROV + "endedAtTime";
  public static final String GENERATED_BY = PROV + "wasGeneratedBy";
  public static final String INVALIDATED_BY = PROV + "wasInvalidatedBy";
  public static final String DERIVED_FROM = PROV + "wasDerivedFrom";
  public static final String ASSOCIATION = PROV + "Association";
  public static final String QUALIFIED_ASSOCIATION = PROV + "qualifiedAssociation";
  public static final String BY_AGENT = PROV + "agent";
  public static final String HAD_PLAN = PROV + "hadPlan";

  public static final String LANGUAGE = "http://purl.org/dc/terms/language";
  public static final String RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
  public static final String TYPE = RDF + "type";

  /** The end of a duration: DPV leaves its value to this property. */
  public static final String VALUE = RDF + "value";

  /** The recipient of consents that concern every app. */
  public static final String ANYONE = OWN + "Anyone";

  /** The number of an event in the order of receipt. */
  public static final String PLACE = OWN + "place";

  /** The number of values or events of a batch, or of reads in an hour. */
  public static final String COUNT = OWN + "count";

  /** The cost of a statistic, in trillionths of ρ and of δ. */
  public static final String RHO = OWN + "rhoTrillionths";

  public static final String DELTA = OWN + "deltaTrillionths";

  /** The hour since 1970 whose consents counted. */
  public static final String CONSENT_EPOCH = OWN + "consentEpoch";

  /** The state of the audit log before an hour and at its end. */
  public static final String SIZE_BEFORE = OWN + "logSizeBefore";

  public static final String SIZE = OWN + "logSize";
  public static final String ROOT = OWN + "logRoot";

  /** The type of an entry of the audit log, with its decision, reasons and policy. */
  public static final String ENTRY_TYPE = OWN + "entryType";

  public static final String DECISION = OWN + "decision";
  public static final String REASON = OWN + "reason";
  public static final String POLICY = OWN + "policy";

  private Vocabulary() {}

  /** Returns the IRI of a CURIE; other texts are IRIs already. */
  public static String iri(String curie) {
    int colon = curie.indexOf(':');
    String namespace = NAMESPACES.get(curie.substring(0, colon));
    return namespace == null ? curie : namespace + curie.substring(colon + 1);
  }

  private static Map<String, String> prefixes() {
    Map<String, String> prefixes = new LinkedHashMap<>();
    prefixes.put("dpv", DPV);
    prefixes.put("pd", "https://w3id.org/dpv/pd#");
    prefixes.put("eu-gdpr", "https://w3id.org/dpv/legal/eu/gdpr#");
    prefixes.put("loc", "https://w3id.org/dpv/loc#");
    prefixes.put("dpv-27560", "https://w3id.org/dpv/schema/dpv-27560#");
    prefixes.put("dct", "http://purl.org/dc/terms/");
    prefixes.put("xsd", "http://www.w3.org/2001/XMLSchema#");
    prefixes.put("ck", OWN);
    return Collections.unmodifiableMap(prefixes);
  }

  private static Map<String, String> namespaces() {
    Map<String, String> namespaces = new LinkedHashMap<>(PREFIXES);
    namespaces.put("prov", PROV);
    namespaces.put("rdf", RDF);
    return namespaces;
  }

  /** Returns the CURIE of the kind of consent. */
  public static String consentType(boolean explicit) {
    return "dpv:" + consent(explicit).substring(DPV.length());
  }

  /** Returns the kind of consent. */
  public static String consent(boolean explicit) {
    return explicit ? EXPLICIT_CONSENT : EXPRESSED_CONSENT;
  }
}
