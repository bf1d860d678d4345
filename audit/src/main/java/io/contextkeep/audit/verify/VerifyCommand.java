package io.contextkeep.audit.verify;

import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.proof.SeenFile;
import io.contextkeep.audit.source.DirectoryLog;
import io.contextkeep.audit.source.HttpLog;
import io.contextkeep.audit.source.LogSource;
import io.contextkeep.audit.source.SmallFile;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command that checks a whole log. */
@Command(name = "verify", description = "Checks a whole log.")
final class VerifyCommand implements Callable<Integer> {
  private final PrintStream out;

  @Parameters(
      paramLabel = "<log>",
      description = "The log's URL, the directory of an evidence bundle, or a vault.db.")
  private String source;

  @Mixin private TrustOptions trusted;
  @Mixin private TokenOption token;

  @Option(
      names = "--seen",
      paramLabel = "<file>",
      description =
          "A file with the checkpoint that you saw before; it is replaced if the log continues from"
              + " there.")
  private Optional<Path> seen = Optional.empty();

  VerifyCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() throws IOException, SQLException {
    Report report = check();
    out.print(report);
    return report.whole() ? 0 : 1;
  }

  private Report check() throws IOException, SQLException {
    Trust trust =
        new Trust(
            trusted.keys(), trusted.policyFile(), seen.map(SeenFile::new).flatMap(SeenFile::read));
    if (Sources.isUrl(source)) {
      try (HttpClient client = HttpClient.newHttpClient()) {
        return check(new HttpLog(client, URI.create(source), token.token()), trust);
      }
    }
    Path path = Sources.existing(Path.of(source));
    if (Files.isDirectory(path)) {
      return check(new DirectoryLog(path), trust);
    }
    SmallFile.check(path);
    try (Connection database = Connections.readOnly(path);
        Bar bar = Bar.of("entries", Sources.size(database))) {
      Report report = LogCheck.check(source, database, trust, bar::to);
      remember(report, Sources.newest(database));
      return report;
    }
  }

  private Report check(LogSource log, Trust trust) throws IOException {
    Note newest = Note.parse(log.checkpoint());
    try (Bar bar = Bar.of("entries", Checkpoint.parse(newest.text()).size())) {
      Report report = LogCheck.check(log, trust, bar::to);
      remember(report, newest);
      return report;
    }
  }

  /** Stores the checkpoint of a valid log only, since later ones are compared with it. */
  private void remember(Report report, Note newest) {
    if (report.whole()) {
      seen.map(SeenFile::new).ifPresent(file -> file.keep(newest.toString()));
    }
  }
}
