package io.contextkeep.ontology.records;

import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.LegalBasis;
import io.contextkeep.ontology.Purpose;
import java.time.Period;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * One record of processing (GDPR article 30(1)): what one app may do with customers' data for one
 * purpose.
 *
 * @param app the app's id
 * @param name as it is registered
 * @param controllers those whom notices name; none where no notice tells of it
 * @param recipients the app itself, with its address where a notice names it
 * @param retention the longest time that data of each category is kept; a category of which nothing
 *     is ever held is not in it
 * @param locations where notices say that it is kept, as {@code loc:DE}
 * @param jurisdictions whose law applies, by the notices
 * @param notices the references of the notices that tell of it
 * @param measures what protects it and runs, as DPV terms
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

  /** Explicit consent (GDPR article 9(2)(a)): what the policy asks for special categories. */
  public static final String EXPLICIT = "eu-gdpr:A9-2-a";

  public ProcessingActivity {
    controllers = List.copyOf(controllers);
    recipients = List.copyOf(recipients);
  }

  /** Which one it is: {@code shop dpv:CustomerCare}. */
  public String key() {
    return app + " " + purpose.curie();
  }

  /** Those of its categories that GDPR article 9 protects. */
  public List<DataCategory> special() {
    return categories.stream().filter(DataCategory::isSpecial).toList();
  }
}
