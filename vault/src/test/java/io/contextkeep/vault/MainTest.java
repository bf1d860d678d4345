package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The program from its command line: help, exit codes and messages about bad input. */
final class MainTest {
  private static final Map<String, String> WITH_TOKEN = Map.of("CONTEXTKEEP_TOKEN", "x.y.z");

  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serve",
        "token",
        "keys",
        "backup",
        "rebuild-graph",
        "policy",
        "policy replay",
        "policy explain",
        "policy what-if",
        "demo",
        "prepare",
        "load-retail",
        "generate-completion"
      })
  void eachCommand_hasHelp(String command) {
    CommandRun help = run(command + " --help");
    assertThat(help.code()).as(help.toString()).isZero();
    assertThat(help.out()).contains("Usage: contextkeep " + command);
    assertThat(help.err()).isEmpty();
    assertThat(run(command + " -h").out()).isEqualTo(help.out());
    assertThat(run(command + " --version").out()).contains("contextkeep", "Java 25");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"serve", "token", "keys", "backup", "rebuild-graph", "policy", "demo", "prepare"})
  void help_canBeRequestedForACommand(String command) {
    assertThat(run("help " + command).out()).isEqualTo(run(command + " --help").out());
  }

  @Test
  void theHelp_listsCommandsAndExitCodes() {
    CommandRun help = run("--help");
    assertThat(help.code()).isZero();
    assertThat(help.out())
        .contains("serve", "token", "keys", "backup", "rebuild-graph", "policy", "demo", "prepare")
        .contains("load-retail", "help", "generate-completion", "Exit codes:", "  70  ");
    assertThat(run("help").out()).isEqualTo(help.out());
    assertThat(run("token --help").out()).contains("customer, app, source", "Exit codes:");
    assertThat(run("--version").code()).isZero();
  }

  @Test
  void theShellCompletion_hasTheCommands() {
    CommandRun completion = run("generate-completion");
    assertThat(completion.code()).isZero();
    assertThat(completion.out()).contains("complete -F", "contextkeep", "rebuild-graph", "what-if");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|Give one of the commands backup, demo",
        "dance|There is no command 'dance'.",
        "help dance|dance",
        "--what|There is no option --what.",
        "token|Missing required parameters: '<role>', '<id>'",
        "token operator|Missing required parameter: '<id>'",
        "token king olga|unknown role 'king'; give one of customer, app, source",
        "token operator a/b|An id has 1 to 64 letters",
        "token customer 17850|A customer is kind:value, such as customer_number:17850.",
        "token customer customer_number:1 --acr aal2|cannot have --acr",
        "token operator olga --acr|Missing required parameter for option '--acr'",
        "token operator olga --what|There is no option --what.",
        "token operator olga nowhere|File not found: 'nowhere'.",
        "token operator olga @nowhere|File not found: '@nowhere'.",
        "serve nowhere|File not found: 'nowhere'. Give the path of a properties file.",
        "serve --what|There is no option --what.",
        "keys nowhere|File not found: 'nowhere'.",
        "keys --what|There is no option --what.",
        "backup|Missing required parameter: '<directory>'",
        "backup new nowhere|File not found: 'nowhere'.",
        "backup new --what|There is no option --what.",
        "rebuild-graph nowhere|File not found: 'nowhere'.",
        "rebuild-graph --what|There is no option --what.",
        "policy|Give one of the commands explain, replay, what-if.",
        "policy dance|There is no command 'dance'.",
        "policy replay|Missing required parameters: '<url>', '<from>', '<until>'",
        "policy replay vault x y|'vault' is not the address of a vault; give one such as http://",
        "policy replay http://[ x y|not the address of a vault",
        "policy replay http://h yesterday y|'yesterday' is not a time; give one such as 2026-",
        "policy explain|Missing required parameters: '<url>', '<entry | request>'",
        "policy explain http://h 1 2|The argument '2' is one too many.",
        "policy explain http://h 1 --what|There is no option --what.",
        "policy explain http://h 1|Put the token of a role operator into",
        "policy what-if http://h shop|Missing required parameters: '<purpose>', '<from>'",
        "demo|Missing required parameter: '<directory>'",
        "demo a b|The argument 'b' is one too many.",
        "demo a --what|There is no option --what.",
        "load-retail|Missing required parameters: '<url>', '<csv.gz>'",
        "load-retail http://h nowhere|File not found: 'nowhere'. Give the path of a gzipped CSV.",
        "load-retail ftp://h nowhere|'ftp://h' is not the address of a vault",
        "load-retail http://h a --what|There is no option --what."
      })
  void badInput_exitsWithTwo_andOneLineThatNamesIt(String line, String says) {
    run(line).endedWith(2, says);
  }

  @Test
  void invalidSettings_exitWithTwo_andAreNamed() throws IOException {
    String settings = Files.writeString(dir.resolve("s"), "http.prot=1\n").toString();
    run("serve " + settings).endedWith(2, "Unknown settings [http.prot]");
    Files.writeString(dir.resolve("s"), "http.port=many\n");
    run("keys " + settings).endedWith(2, "http.port is 'many'; it must be a whole number");
    CommandRun.of(Map.of("CONTEXTKEEP_HTTP_PORT", "many"), "serve").endedWith(2, "http.port");
    run("demo " + settings).endedWith(2, "is not a directory");
  }

  @Test
  void failures_exitWithOne_andOneLineWithTheReason() throws IOException {
    String settings =
        Files.writeString(
                dir.resolve("s"),
                "data=" + dir.resolve("data") + "\nkeys=" + dir.resolve("keys") + "\n")
            .toString();
    run("keys " + settings).endedWith(1, "start the vault once");
    run("backup " + dir.resolve("new") + " " + settings).endedWith(1, "No backup was made");
    run("rebuild-graph " + settings).endedWith(1, "No vault found in");
  }

  @Test
  void anUnreachableVault_isReportedByTheCommand() throws IOException {
    String url = "http://127.0.0.1:" + unusedPort();
    CommandRun.of(WITH_TOKEN, "policy", "explain", url, "1").endedWith(1, "Nothing answers");
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static CommandRun run(String line) {
    return CommandRun.of(
        Map.of(), Stream.of(line.split(" ")).filter(w -> !w.isEmpty()).toArray(String[]::new));
  }
}
