package io.contextkeep.ontology.records;

import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.LegalBasis;
import io.contextkeep.ontology.Purpose;
import java.time.Period;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * A record of processing (GDPR article 30(1)): the processing of one app for one purpose.
 *
 * @param app the app's id
 * @param name the app's registered name
 * @param controllers the controllers by the notices; none if no notice covers it
 * @param recipients the app itself, with its address if a notice states it
 * @param retention the longest retention of each category; without categories that are never held
 * @param locations the places of storage by the notices, as {@code loc:DE}
 * @param jurisdictions the jurisdictions by the notices
 * @param notices the references of the notices that cover it
 * @param measures the protective measures, as DPV terms
 */
public record ProcessingActivity(
    String app,
    String name,
    Purpose purpose,
    LegalBasis basis,
    SortedSet<DataCategory> categories,
    SortedMap<DataCategory, Period> retention,
    List<Party> controllers,
    List<Party> recipients,
    SortedSet<String> locations,
    SortedSet<String> jurisdictions,
    SortedSet<String> notices,
    SortedSet<String> measures) {

  /** Explicit consent (GDPR article 9(2)(a)), which the policy requires for special categories. */
  public static final String EXPLICIT = "eu-gdpr:A9-2-a";

  public ProcessingActivity {
    controllers = List.copyOf(controllers);
    recipients = List.copyOf(recipients);
  }

  /** Returns its key, such as {@code shop dpv:CustomerCare}. */
  public String key() {
    return app + " " + purpose.curie();
  }

  /** Returns the categories that GDPR article 9 protects. */
  public List<DataCategory> special() {
    return categories.stream().filter(DataCategory::isSpecial).toList();
  }
}
