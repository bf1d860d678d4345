package io.contextkeep.audit.verify;

import io.contextkeep.audit.source.SmallFile;
import io.contextkeep.audit.tree.TilePath;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The command that writes an evidence bundle. */
@Command(name = "export", description = "Writes an evidence bundle.")
final class ExportCommand implements Callable<Integer> {
  private final PrintStream out;

  @Parameters(index = "0", paramLabel = "<file.db>", description = "A vault.db.")
  private Path database;

  @Parameters(index = "1", paramLabel = "<directory>", description = "A new directory.")
  private Path directory;

  ExportCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() throws IOException, SQLException {
    if (Files.exists(directory)) {
      throw new IOException(directory + " is there already; a bundle is written into a new one");
    }
    SmallFile.check(Sources.existing(database));
    try (Connection connection = Connections.readOnly(database);
        Bar bar = Bar.of("files", TilePath.all(Sources.size(connection)).size())) {
      Bundle.write(connection, directory, bar::to);
    }
    out.println("The bundle is in " + directory + "; check it with: audit verify " + directory);
    return 0;
  }
}
