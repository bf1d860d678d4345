package io.contextkeep.audit.verify;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The command that tampers with copies of a log and shows what is noticed. */
@Command(
    name = "tamper-drill",
    description = "Tampers with copies of a log and shows what is noticed.")
final class TamperDrillCommand implements Callable<Integer> {
  private final PrintStream out;

  @Parameters(
      paramLabel = "<log>",
      description = "The directory of an evidence bundle, or a vault.db.")
  private Path source;

  TamperDrillCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() throws IOException, SQLException {
    return new TamperDrill(Sources.existing(source), out).run() ? 0 : 1;
  }
}
