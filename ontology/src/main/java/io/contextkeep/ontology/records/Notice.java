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
 * What customers are told before they say yes: one version, in every language that it exists in. A
 * version never changes; what is changed is the next one.
 *
 * @param recipients who gets the data, each an app of the vault
 * @param locations where it is kept, as {@code loc:DE}
 * @param retention how long, as an ISO 8601 duration
 * @param jurisdictions whose law applies, as {@code loc:EU}
 * @param withdrawAt where a customer withdraws
 * @param particulars what it says beside what it must
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

  /** A notice that says no more than it must. */
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
   * What a notice can say of its processing that the vault would otherwise take as the usual.
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

    /** Every source that DPV 2.3 has. */
    public static final Set<String> DATA_SOURCES =
        Set.of(
            "dpv:DataSubjectDataSource",
            "dpv:DataControllerDataSource",
            "dpv:ThirdPartyDataSource",
            "dpv:PublicDataSource",
            "dpv:NonPublicDataSource");

    /** Every necessity that DPV 2.3 has. */
    public static final Set<String> NECESSITIES =
        Set.of("dpv:Required", "dpv:Optional", "dpv:NotRequired");
  }

  /** A data protection authority, and how to reach it. */
  public record Authority(String name, String address, String contact) {}

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
