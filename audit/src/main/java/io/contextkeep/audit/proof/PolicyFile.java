package io.contextkeep.audit.proof;

import io.contextkeep.audit.note.MalformedNote;
import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.note.Wire;
import io.contextkeep.audit.proof.TrustPolicy.Log;
import io.contextkeep.audit.proof.TrustPolicy.MalformedPolicy;
import io.contextkeep.audit.proof.TrustPolicy.Quorum;
import io.contextkeep.audit.proof.TrustPolicy.Witness;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a C2SP tlog-policy file, line by line. Names are bytes to it, whatever their encoding, so
 * every byte is read as one character; only keys and URLs are text.
 */
final class PolicyFile {
  private static final String NONE = "none";

  private final List<Log> logs = new ArrayList<>();
  private final List<Witness> witnesses = new ArrayList<>();
  private final Map<String, Quorum> named = new HashMap<>();
  private final Set<String> members = new HashSet<>();
  private @Nullable Quorum quorum;
  private int line;

  private PolicyFile() {}

  static TrustPolicy parse(byte[] file) {
    return new PolicyFile().read(new String(file, StandardCharsets.ISO_8859_1));
  }

  private TrustPolicy read(String text) {
    for (String each : text.split("\n", -1)) {
      line++;
      if (each.chars().anyMatch(c -> (c < 0x20 && c != '\t') || c == 0x7f)) {
        throw fault("it holds a control character");
      }
      List<String> words = words(each);
      if (!words.isEmpty() && !words.getFirst().startsWith("#")) {
        read(words);
      }
    }
    if (quorum == null) {
      throw fault("there is no quorum line; 'quorum none' asks for no witness");
    }
    return new TrustPolicy(logs, witnesses, quorum);
  }

  private void read(List<String> words) {
    switch (words.getFirst()) {
      case "log" -> log(words);
      case "witness" -> witness(words);
      case "group" -> group(words);
      case "quorum" -> quorum(words);
      default -> throw fault("it begins with none of log, witness, group and quorum");
    }
  }

  private void log(List<String> words) {
    require(words.size() == 2 || words.size() == 3, "a log is 'log <vkey> [<url>]'");
    VerifierKey key = key(words.get(1));
    require(TrustPolicy.signsLogs(key), "that is a witness's key");
    require(logs.stream().noneMatch(log -> log.key().samePublicKey(key)), "the log occurs twice");
    logs.add(new Log(key, url(words, 2)));
  }

  private void witness(List<String> words) {
    require(words.size() == 3 || words.size() == 4, "a witness is 'witness <name> <vkey> [<url>]'");
    VerifierKey key = key(words.get(2));
    require(TrustPolicy.signsAsWitness(key), "that key does not make cosignatures");
    require(
        witnesses.stream().noneMatch(witness -> witness.key().samePublicKey(key)),
        "the witness occurs twice");
    define(words.get(1), new Quorum.One(words.get(1)));
    witnesses.add(new Witness(words.get(1), key, url(words, 3)));
  }

  private void group(List<String> words) {
    require(words.size() >= 4, "a group is 'group <name> all|any|<k> <name>...'");
    List<Quorum> group = new ArrayList<>();
    for (String name : words.subList(3, words.size())) {
      group.add(defined(name));
      require(members.add(name), "a name is a member of a group already");
    }
    define(words.get(1), new Quorum.Group(threshold(words.get(2), group.size()), group));
  }

  private int threshold(String word, int size) {
    return switch (word) {
      case "any" -> 1;
      case "all" -> size;
      default -> {
        long k = Wire.number(word).orElse(0);
        require(k >= 1 && k <= size, "the threshold is not 1 to the number of members");
        yield (int) k;
      }
    };
  }

  private void quorum(List<String> words) {
    require(words.size() == 2, "a quorum is 'quorum <name>'");
    require(quorum == null, "there is a second quorum line");
    quorum = words.get(1).equals(NONE) ? new Quorum.None() : defined(words.get(1));
  }

  private void define(String name, Quorum meaning) {
    require(!name.equals(NONE), "'none' cannot be defined");
    require(named.putIfAbsent(name, meaning) == null, "the name is defined already");
  }

  private Quorum defined(String name) {
    Quorum meaning = named.get(name);
    if (meaning == null) {
      throw fault("a name is not defined on a line before");
    }
    return meaning;
  }

  private VerifierKey key(String word) {
    try {
      return VerifierKey.parse(text(word));
    } catch (MalformedNote e) {
      throw fault("the vkey is invalid: " + e.getMessage());
    }
  }

  private Optional<URI> url(List<String> words, int at) {
    try {
      return words.size() > at ? Optional.of(URI.create(text(words.get(at)))) : Optional.empty();
    } catch (IllegalArgumentException e) {
      throw fault("the URL is invalid");
    }
  }

  private static List<String> words(String line) {
    List<String> words = new ArrayList<>(List.of(line.split("[ \t]+", -1)));
    words.removeIf(String::isEmpty);
    return words;
  }

  private static String text(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      throw fault(otherwise);
    }
  }

  private MalformedPolicy fault(String what) {
    return new MalformedPolicy(line, what);
  }
}
