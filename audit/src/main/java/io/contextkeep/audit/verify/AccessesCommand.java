package io.contextkeep.audit.verify;

import io.contextkeep.audit.ViewKey;
import io.contextkeep.audit.source.HttpLog;
import io.contextkeep.audit.source.SmallFile;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The command that checks a customer's list of accesses. */
@Command(
    name = "accesses",
    description = "Checks a customer's list of accesses. --vkey or --policy is needed.")
final class AccessesCommand implements Callable<Integer> {
  private final PrintStream out;

  @Parameters(
      index = "0",
      paramLabel = "<vault | file>",
      description = "The vault's URL, or a file with the proof.")
  private String source;

  @Parameters(
      index = "1",
      paramLabel = "<key file>",
      description = "A file with the customer's view key in hexadecimal.")
  private Path keyFile;

  @Mixin private TrustOptions trusted;
  @Mixin private TokenOption token;

  AccessesCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() throws IOException {
    ViewKey key = ViewKey.parse(SmallFile.text(keyFile, TrustOptions.MAX));
    AccessCheck check = new AccessCheck(key, trusted.policy(), InstantSource.system(), out);
    if (!Sources.isUrl(source)) {
      return check.file(Path.of(source));
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      return check.vault(new HttpLog(client, URI.create(source), token.token()));
    }
  }
}
