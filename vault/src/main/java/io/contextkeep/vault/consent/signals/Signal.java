package io.contextkeep.vault.consent.signals;

import java.util.List;

/**
 * What a string says that restricts.
 *
 * @param noes what follows for the vault's purposes
 * @param says each no in the string's own terms, coded: {@code tcf-purpose-3}, {@code usca-sale}
 * @param notLookedAt what of it is not understood and was left out, coded: {@code gpp-section-27}
 */
public record Signal(List<OptOut> noes, List<String> says, List<String> notLookedAt) {

  /** No string that is longer is read. */
  public static final int MAX_LENGTH = 8_192;

  /** Which kind of string it is. */
  public enum Kind {
    TCF,
    GPP;

    /** How consent events name it. */
    public String method() {
      return this == TCF ? "tcf" : "gpp";
    }
  }

  public Signal {
    noes = List.copyOf(noes);
    says = List.copyOf(says);
    notLookedAt = List.copyOf(notLookedAt);
  }

  /**
   * Reads a string of that kind.
   *
   * @throws UnreadableSignal if it is none, or of a version that is not read
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
