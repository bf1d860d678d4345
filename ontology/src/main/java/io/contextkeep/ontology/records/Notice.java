package io.contextkeep.ontology.records;

import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.Purpose;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/**
 * A notice that customers are shown before they consent: one version in all of its languages. A
 * version never changes; a change makes the next version.
 *
 * @param recipients the recipients of the data, each an app of the vault
 * @param locations the places of storage, as {@code loc:DE}
 * @param retention the retention, as an ISO 8601 duration
 * @param jurisdictions the jurisdictions whose law applies, as {@code loc:EU}
 * @param withdrawAt where customers withdraw
 * @param particulars optional content
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
    List<Text> texts,
    Particulars particulars) {

  /** Makes a notice without optional content. */
  public Notice(
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
    this(
        id,
        version,
        controller,
        recipients,
        purposes,
        categories,
        locations,
        retention,
        jurisdictions,
        withdrawAt,
        texts,
        Particulars.NONE);
  }

  /**
   * The optional content of a notice, with defaults.
   *
   * @param dataSources where the data come from, as {@code dpv:DataSubjectDataSource}; otherwise
   *     they are the controller's
   * @param necessity whether the purposes need the data, as {@code dpv:Optional}; otherwise they do
   * @param authority who takes complaints; otherwise the authority of the jurisdictions, unnamed
   */
  public record Particulars(
      List<String> dataSources, Optional<String> necessity, Optional<Authority> authority) {
    public static final Particulars NONE =
        new Particulars(List.of(), Optional.empty(), Optional.empty());

    /** All data sources of DPV 2.3. */
    public static final Set<String> DATA_SOURCES =
        Set.of(
            "dpv:DataSubjectDataSource",
            "dpv:DataControllerDataSource",
            "dpv:ThirdPartyDataSource",
            "dpv:PublicDataSource",
            "dpv:NonPublicDataSource");

    /** All necessities of DPV 2.3. */
    public static final Set<String> NECESSITIES =
        Set.of("dpv:Required", "dpv:Optional", "dpv:NotRequired");
  }

  /** A data protection authority with its contact. */
  public record Authority(String name, String address, String contact) {}

  /** The notice in one language (BCP 47). */
  public record Text(String language, String title, String body) {}

  /** Returns the name that events refer to, such as {@code shop-privacy.3}. */
  public String reference() {
    return id + "." + version;
  }

  /**
   * Returns the text in a language, or in the main language of a regional one; without a language,
   * the first text.
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

  /** Returns whether it covers the purpose and the recipient. */
  public boolean covers(Purpose purpose, String recipientId) {
    return purposes.contains(purpose)
        && recipients.stream().anyMatch(party -> party.id().equals(recipientId));
  }
}
