package io.contextkeep.vault.consent.signals;

import java.util.List;

/**
 * The restrictions in a string.
 *
 * @param optOuts the opt-outs by the vault's purposes
 * @param says each opt-out in the string's own terms, such as {@code tcf-purpose-3} or {@code
 *     usca-sale}
 * @param notLookedAt the parts that are not understood, such as {@code gpp-section-27}
 */
public record Signal(List<OptOut> optOuts, List<String> says, List<String> notLookedAt) {

  /** The most characters of a string. */
  public static final int MAX_LENGTH = 8_192;

  /** The kind of a string. */
  public enum Kind {
    TCF,
    GPP;

    /** Returns the name of the kind in consent events. */
    public String method() {
      return this == TCF ? "tcf" : "gpp";
    }
  }

  public Signal {
    optOuts = List.copyOf(optOuts);
    says = List.copyOf(says);
    notLookedAt = List.copyOf(notLookedAt);
  }

  /**
   * Reads a string of that kind.
   *
   * @throws UnreadableSignal if it is malformed or of an unsupported version
   */
  public static Signal read(Kind kind, String text) throws UnreadableSignal {
    if (text.length() > MAX_LENGTH) {
      throw new UnreadableSignal("It is longer than " + MAX_LENGTH + " characters");
    }
    return switch (kind) {
      case TCF -> TcString.read(text);
      case GPP -> GppString.read(text);
    };
  }
}
