package io.contextkeep.audit.verify;

import io.contextkeep.audit.proof.TlogProof;
import io.contextkeep.audit.source.SmallFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command that checks the receipt of one entry. */
@Command(
    name = "receipt",
    description = "Checks the receipt of one entry. --vkey or --policy is needed.")
final class ReceiptCommand implements Callable<Integer> {
  private final PrintStream out;

  @Spec private CommandSpec command;

  @Parameters(index = "0", paramLabel = "<file.tlog-proof>", description = "The receipt.")
  private Path file;

  @Parameters(
      index = "1",
      paramLabel = "<leaf hash>",
      description = "The hash of the entry, in 64 hexadecimal digits.")
  private String leafHash;

  @Mixin private TrustOptions trusted;

  ReceiptCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() throws IOException {
    byte[] hash = hash();
    TlogProof proof = TlogProof.parse(SmallFile.text(file, TrustOptions.MAX));
    return switch (proof.verify(hash, trusted.policy())) {
      case TlogProof.Verdict.Proven proven -> {
        out.println(
            "Entry " + proof.index() + " is in the log " + proven.checkpoint().origin() + ".");
        yield 0;
      }
      case TlogProof.Verdict.Refuted refuted -> {
        out.println("The receipt proves nothing: " + refuted.why() + ".");
        yield 1;
      }
    };
  }

  private byte[] hash() {
    if (!leafHash.matches("[0-9a-fA-F]{64}")) {
      throw new ParameterException(
          command.commandLine(),
          "The hash of an entry must have 64 hexadecimal digits, unlike '" + leafHash + "'.");
    }
    return HexFormat.of().parseHex(leafHash);
  }
}
