package io.contextkeep.audit.verify;

import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.audit.source.SmallFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The options of trusted keys. */
final class TrustOptions {
  /** The most bytes of proofs, keys and policies. */
  static final int MAX = 1 << 20;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--vkey",
      paramLabel = "<key>",
      converter = Key.class,
      description = "A key of the log that you trust; may be repeated.")
  private List<VerifierKey> keys = new ArrayList<>();

  @Option(
      names = "--policy",
      paramLabel = "<file>",
      description = "A C2SP tlog-policy file that the newest checkpoint must satisfy.")
  private Optional<Path> policy = Optional.empty();

  List<VerifierKey> keys() {
    return List.copyOf(keys);
  }

  Optional<TrustPolicy> policyFile() throws IOException {
    return policy.isPresent()
        ? Optional.of(TrustPolicy.parse(SmallFile.bytes(policy.get(), MAX)))
        : Optional.empty();
  }

  /** Returns the policy of the file, or one that trusts the keys; one must be given. */
  TrustPolicy policy() throws IOException {
    Optional<TrustPolicy> file = policyFile();
    if (file.isEmpty() && keys.isEmpty()) {
      throw new ParameterException(
          command.commandLine(), "Give the trusted keys with --vkey or --policy.");
    }
    return file.orElseGet(() -> TrustPolicy.of(keys()));
  }

  /** A converter of C2SP verifier keys. */
  static final class Key implements ITypeConverter<VerifierKey> {
    @Override
    public VerifierKey convert(String text) {
      try {
        return VerifierKey.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(
            e.getMessage() + ". Give a line of the log's /audit/vkeys.");
      }
    }
  }
}
