package io.contextkeep.vault.consent.signals;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A string of the Global Privacy Platform: a header that lists sections, and the sections. An
 * unknown section is named and left out, so that the opt-outs of the others are not lost. A known
 * section that is malformed makes the whole string unreadable.
 */
final class GppString {
  private static final int MAX_SECTIONS = 64;
  private static final int TCF_EU = 2;
  private static final int TCF_CANADA = 5;
  private static final int US_PRIVACY = 6;
  private static final Pattern US_PRIVACY_FORM = Pattern.compile("1[YNyn-]{3}");

  private GppString() {}

  static Signal read(String text) throws UnreadableSignal {
    String[] parts = text.split("~", -1);
    List<Integer> ids = sections(parts[0]);
    if (ids.size() != parts.length - 1) {
      throw new UnreadableSignal("The header lists another number of sections than there are");
    }
    LinkedHashSet<OptOut> optOuts = new LinkedHashSet<>();
    List<String> says = new ArrayList<>();
    List<String> notLookedAt = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      Signal section = section(ids.get(i), parts[i + 1]);
      optOuts.addAll(section.optOuts());
      says.addAll(section.says());
      notLookedAt.addAll(section.notLookedAt());
    }
    return new Signal(List.copyOf(optOuts), says, notLookedAt);
  }

  private static Signal section(int id, String text) throws UnreadableSignal {
    return switch (id) {
      case TCF_EU -> TcString.read(text);
      case TCF_CANADA -> TcString.readCanadian(text);
      case US_PRIVACY -> usPrivacy(text);
      default ->
          UsSection.of(id).isPresent()
              ? UsSection.of(id).get().read(text)
              : new Signal(List.of(), List.of(), List.of("gpp-section-" + id));
    };
  }

  /** Reads US Privacy, the predecessor: four characters, of which the third opts out of sale. */
  private static Signal usPrivacy(String text) throws UnreadableSignal {
    if (!US_PRIVACY_FORM.matcher(text).matches()) {
      throw new UnreadableSignal("The section uspv1 is not of the form 1YNN");
    }
    return Character.toUpperCase(text.charAt(2)) == 'Y'
        ? new Signal(List.of(new OptOut.ToSaleOrSharing()), List.of("uspv1-sale"), List.of())
        : new Signal(List.of(), List.of(), List.of());
  }

  /** Reads the numbers of the sections, in order, at most as many as the limit. */
  private static List<Integer> sections(String header) throws UnreadableSignal {
    Bits bits = Bits.of("The header", header);
    if (bits.number(6) != 3 || bits.number(6) != 1) {
      throw new UnreadableSignal("The header is not that of a GPP string of version 1");
    }
    long items = bits.number(12);
    List<Integer> ids = new ArrayList<>();
    int last = 0;
    for (long i = 0; i < items; i++) {
      boolean range = bits.flag();
      int first = last + bits.fibonacci();
      last = range ? first + bits.fibonacci() : first;
      if (ids.size() + (last - first) >= MAX_SECTIONS) {
        throw new UnreadableSignal(
            "A GPP string of more than " + MAX_SECTIONS + " sections is not read");
      }
      for (int id = first; id <= last; id++) {
        ids.add(id);
      }
    }
    return ids;
  }
}
