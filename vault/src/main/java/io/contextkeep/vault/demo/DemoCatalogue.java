package io.contextkeep.vault.demo;

import java.util.LinkedHashMap;
import java.util.Map;

/** The registrations of the demo: two apps, and attributes of all seven facets. */
public final class DemoCatalogue {

  private DemoCatalogue() {}

  /** Returns the path and body of each registration. */
  public static Map<String, String> registrations() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put(
        "/v1/apps/shop",
        """
        {"name": "Web shop", "facets": [],
         "purposes": ["dpv:ServicePersonalisation", "dpv:CustomerCare"]}\
        """);
    all.put(
        "/v1/apps/crm",
        """
        {"name": "CRM", "purposes": [],
         "facets": ["profile", "behaviour", "intent", "preferences", "lifecycle", "environment",
                    "social"],
         "links": ["customer_number", "email", "device"]}\
        """);
    attribute(all, "country", "value", "profile", "pd:Country", "low", "string");
    attribute(all, "email", "value", "profile", "pd:EmailAddress", "medium", "string");
    attribute(all, "health_note", "value", "profile", "pd:Health", "high", "string");
    attribute(all, "purchase", "event", "behaviour", "pd:Purchase", "medium", "object");
    attribute(
        all,
        "spend_pence",
        "value",
        "behaviour",
        "pd:PurchasesAndSpendingHabit",
        "medium",
        "integer");
    attribute(all, "looking_for", "value", "intent", "pd:Interest", "medium", "string");
    attribute(all, "language", "value", "preferences", "pd:Language", "low", "string");
    attribute(all, "first_purchase", "value", "lifecycle", "pd:Purchase", "low", "string");
    attribute(all, "last_purchase", "value", "lifecycle", "pd:Purchase", "low", "string");
    attribute(all, "invoices", "value", "lifecycle", "pd:Purchase", "low", "integer");
    attribute(all, "device", "value", "environment", "pd:UserAgent", "low", "string");
    attribute(all, "household", "value", "social", "pd:Household", "medium", "integer");
    return all;
  }

  private static void attribute(
      Map<String, String> all,
      String name,
      String kind,
      String facet,
      String category,
      String sensitivity,
      String type) {
    all.put(
        "/v1/attributes/" + name,
        """
        {"kind": "%s", "facet": "%s", "category": "%s", "sensitivity": "%s",
         "schema": {"type": "%s"}, "retentionDays": 36500}\
        """
            .formatted(kind, facet, category, sensitivity, type));
  }
}
