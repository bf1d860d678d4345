package io.contextkeep.ontology.records;

import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.Purpose;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;

/**
 * What customers are told before they say yes: one version, in every language that it exists in. A
 * version never changes; what is changed is the next one.
 *
 * @param recipients who gets the data, each an app of the vault
 * @param locations where it is kept, as {@code loc:DE}
 * @param retention how long, as an ISO 8601 duration
 * @param jurisdictions whose law applies, as {@code loc:EU}
 * @param withdrawAt where a customer withdraws
 */
public record Notice(
    String id,
    int version,
    Party controller,
    List<Party> recipients,
    SortedSet<Purpose> purposes,
    SortedSet<DataCategory> categories,
    List<String> locations,
    String retention,
    List<String> jurisdictions,
    URI withdrawAt,
    List<Text> texts) {

  /** The notice in one language (BCP 47). */
  public record Text(String language, String title, String body) {}

  /** How events name it: {@code shop-privacy.3}. */
  public String reference() {
    return id + "." + version;
  }

  /**
   * The text in that language; of a regional language that of its main one. The first text, which
   * the operator put first, answers for no language at all.
   */
  public Optional<Text> text(Optional<String> language) {
    return language.map(this::exactly).orElseGet(() -> texts.stream().findFirst());
  }

  private Optional<Text> exactly(String language) {
    String wanted = language.toLowerCase(Locale.ROOT);
    Optional<Text> same =
        texts.stream()
            .filter(t -> t.language().toLowerCase(Locale.ROOT).equals(wanted))
            .findFirst();
    int dash = wanted.lastIndexOf('-');
    return same.isPresent() || dash < 0 ? same : exactly(wanted.substring(0, dash));
  }

  /** Whether it speaks of that purpose and of that recipient. */
  public boolean covers(Purpose purpose, String recipientId) {
    return purposes.contains(purpose)
        && recipients.stream().anyMatch(party -> party.id().equals(recipientId));
  }
}
