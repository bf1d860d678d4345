package io.contextkeep.audit.verify;

import io.contextkeep.audit.Checkpoints;
import io.contextkeep.audit.ViewKey;
import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.proof.SeenFile;
import io.contextkeep.audit.proof.TlogProof;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.audit.source.DirectoryLog;
import io.contextkeep.audit.source.HttpLog;
import io.contextkeep.audit.source.LogSource;
import io.contextkeep.audit.source.SmallFile;
import io.contextkeep.audit.tree.TilePath;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The program of whoever does not want to believe the vault. It ends with 0 where everything holds,
 * with 1 where something does not, and with 2 where it could not tell.
 */
public final class Main {
  private static final String USAGE =
      """
      audit verify <url | directory | file.db> [options]   checks a whole log
          --vkey <key>        a key of the log that you trust (may be repeated)
          --policy <file>     a tlog-policy that the newest checkpoint must satisfy
          --seen <file>       what you saw of the log before; written anew if it is still that log
          --token-env <name>  the environment variable with a token that may read entries
      audit export <file.db> <directory>                   writes an evidence bundle
      audit tamper-drill <directory | file.db>             spoils copies, shows what is noticed
      audit receipt <file.tlog-proof> <leaf hash> --vkey <key> | --policy <file>
      audit accesses <vault's url | file> <file of the view key in hex> --vkey <key> | --policy <file>
                                                           checks a customer's list of accesses;
                                                           --token-env names the customer's token
      """;

  /** Of proofs, keys and policies. */
  private static final int MOST = 1 << 20;

  private final Options options;
  private final PrintStream out;

  private Main(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  public static void main(String[] args) {
    // The database driver logs through SLF4J; that nobody listens need not be said each time.
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    System.exit(run(List.of(args), System.out, System.err));
  }

  /** Runs one command; gives its exit code. */
  static int run(List<String> args, PrintStream out, PrintStream err) {
    try {
      return new Main(Options.parse(args), out).run();
    } catch (Options.Misused e) {
      err.println(e.getMessage());
      err.print(USAGE);
    } catch (IOException | UncheckedIOException | SQLException | IllegalArgumentException e) {
      err.println("It could not be checked: " + e.getMessage());
    }
    return 2;
  }

  private int run() throws IOException, SQLException {
    return switch (options.command()) {
      case "verify" -> verify(options.argument(0));
      case "export" -> export(Path.of(options.argument(0)), Path.of(options.argument(1)));
      case "tamper-drill" -> new TamperDrill(Path.of(options.argument(0)), out).run() ? 0 : 1;
      case "receipt" -> receipt(Path.of(options.argument(0)), options.argument(1));
      case "accesses" -> accesses(options.argument(0), Path.of(options.argument(1)));
      default -> throw new Options.Misused("There is no command '" + options.command() + "'");
    };
  }

  private int verify(String source) throws IOException, SQLException {
    Report report = check(source);
    out.print(report);
    return report.whole() ? 0 : 1;
  }

  private Report check(String source) throws IOException, SQLException {
    Trust trust = trust();
    if (isUrl(source)) {
      try (HttpClient client = HttpClient.newHttpClient()) {
        return check(new HttpLog(client, URI.create(source), options.token()), trust);
      }
    }
    Path path = Path.of(source);
    if (Files.isDirectory(path)) {
      return check(new DirectoryLog(path), trust);
    }
    if (!Files.exists(path)) {
      throw new IOException("there is no " + source);
    }
    SmallFile.check(path);
    try (Connection database = Connections.readOnly(path);
        Bar bar = Bar.of("entries", size(database))) {
      Report report = LogCheck.check(source, database, trust, bar::to);
      remember(report, newest(database));
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

  private Trust trust() throws IOException {
    Optional<String> seen = options.seen().map(SeenFile::new).flatMap(SeenFile::read);
    return new Trust(options.keys(), policyFile(), seen);
  }

  /** Only a log that holds is remembered: a false one must not become what is compared with. */
  private void remember(Report report, Note newest) {
    if (report.whole()) {
      options.seen().map(SeenFile::new).ifPresent(seen -> seen.keep(newest.toString()));
    }
  }

  private int export(Path database, Path directory) throws IOException, SQLException {
    if (Files.exists(directory)) {
      throw new IOException(directory + " is there already; a bundle is written into a new one");
    }
    SmallFile.check(database);
    try (Connection connection = Connections.readOnly(database);
        Bar bar = Bar.of("files", TilePath.all(size(connection)).size())) {
      Bundle.write(connection, directory, bar::to);
    }
    out.println("The bundle is in " + directory + "; check it with: audit verify " + directory);
    return 0;
  }

  private int receipt(Path file, String leafHash) throws IOException {
    TlogProof proof = TlogProof.parse(SmallFile.text(file, MOST));
    return switch (proof.verify(HexFormat.of().parseHex(leafHash), policy())) {
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

  private int accesses(String source, Path keyFile) throws IOException {
    ViewKey key = ViewKey.parse(SmallFile.text(keyFile, MOST));
    AccessCheck check = new AccessCheck(key, policy(), InstantSource.system(), out);
    if (!isUrl(source)) {
      return check.file(Path.of(source));
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      return check.vault(new HttpLog(client, URI.create(source), options.token()));
    }
  }

  private static boolean isUrl(String source) {
    return source.startsWith("http://") || source.startsWith("https://");
  }

  private static Note newest(Connection database) throws IOException, SQLException {
    return Checkpoints.latest(database)
        .orElseThrow(() -> new IOException("The log has no checkpoint"));
  }

  private static long size(Connection database) throws IOException, SQLException {
    return Checkpoint.parse(newest(database).text()).size();
  }

  private Optional<TrustPolicy> policyFile() throws IOException {
    return options.policy().isPresent()
        ? Optional.of(TrustPolicy.parse(SmallFile.bytes(options.policy().get(), MOST)))
        : Optional.empty();
  }

  private TrustPolicy policy() throws IOException {
    Optional<TrustPolicy> policy = policyFile();
    if (policy.isEmpty() && options.keys().isEmpty()) {
      throw new Options.Misused("Say whom you trust, with --vkey or --policy");
    }
    List<VerifierKey> keys = options.keys();
    return policy.orElseGet(() -> TrustPolicy.of(keys));
  }
}
