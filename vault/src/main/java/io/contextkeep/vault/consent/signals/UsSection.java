package io.contextkeep.vault.consent.signals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A section of a GPP string for the United States or one of its states: the places of the opt-outs
 * in its core. Only the opt-outs and Global Privacy Control are read; consent to sensitive data and
 * to children's data is not, since the vault asks for explicit consent itself.
 *
 * @param versions the versions with these places
 * @param optOuts the place of each opt-out by its name, in bits from the front
 */
record UsSection(String name, Set<Integer> versions, Map<String, Integer> optOuts) {
  private static final String SALE = "sale";
  private static final String SHARING = "sharing";
  private static final String ADVERTISING = "targeted-advertising";

  private static final Map<Integer, UsSection> ALL =
      Map.ofEntries(
          Map.entry(
              7,
              new UsSection("usnat", Set.of(1, 2), Map.of(SALE, 18, SHARING, 20, ADVERTISING, 22))),
          Map.entry(8, new UsSection("usca", Set.of(1), Map.of(SALE, 12, SHARING, 14))),
          state(9, "usva", 12),
          state(10, "usco", 12),
          state(11, "usut", 14),
          state(12, "usct", 12),
          state(13, "usfl", 12),
          state(14, "usmt", 12),
          state(15, "usor", 12),
          state(16, "ustx", 12),
          state(17, "usde", 12),
          state(18, "usia", 14),
          state(19, "usne", 12),
          state(20, "usnh", 12),
          state(21, "usnj", 12),
          state(22, "ustn", 12),
          state(23, "usmn", 12));

  private static Map.Entry<Integer, UsSection> state(int id, String name, int sale) {
    return Map.entry(id, new UsSection(name, Set.of(1), Map.of(SALE, sale, ADVERTISING, sale + 2)));
  }

  static Optional<UsSection> of(int id) {
    return Optional.ofNullable(ALL.get(id));
  }

  /** Returns every section that is read, by its number in the platform's registry. */
  static Map<Integer, UsSection> all() {
    return ALL;
  }

  Signal read(String text) throws UnreadableSignal {
    String[] segments = text.split("\\.", -1);
    int version = (int) bits(segments[0]).number(6);
    if (!versions.contains(version)) {
      return new Signal(List.of(), List.of(), List.of(name + "-version-" + version));
    }
    List<String> says = new ArrayList<>();
    for (String optOut : optOuts.keySet().stream().sorted().toList()) {
      Bits core = bits(segments[0]);
      core.skip(Objects.requireNonNull(optOuts.get(optOut)));
      switch ((int) core.number(2)) {
        case 0, 2 -> {}
        case 1 -> says.add(name + "-" + optOut);
        default ->
            throw new UnreadableSignal(
                "The section " + name + " has an opt-out of the undefined value 3");
      }
    }
    for (int i = 1; i < segments.length; i++) {
      Bits segment = bits(segments[i]);
      if (segment.number(2) == 1 && segment.flag()) {
        says.add(name + "-gpc");
      }
    }
    return new Signal(
        says.isEmpty() ? List.of() : List.of(new OptOut.ToSaleOrSharing()), says, List.of());
  }

  private Bits bits(String segment) throws UnreadableSignal {
    return Bits.of("The section " + name, segment);
  }
}
