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

/** The program from its command line: help, exit codes and what it says of bad input. */
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
  void eachCommand_describesItself(String command) {
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
  void help_describesACommandToo(String command) {
    assertThat(run("help " + command).out()).isEqualTo(run(command + " --help").out());
  }

  @Test
  void theProgram_describesItsCommandsAndExitCodes() {
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
  void aCompletionForShells_knowsTheCommands() {
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
        "token king olga|there is no role 'king'; give one of customer, app, source",
        "token operator a/b|An id has 1 to 64 letters",
        "token customer 17850|A customer is kind:value, such as customer_number:17850.",
        "token customer customer_number:1 --acr aal2|cannot have --acr",
        "token operator olga --acr|Missing required parameter for option '--acr'",
        "token operator olga --what|There is no option --what.",
        "token operator olga nowhere|There is no file 'nowhere'.",
        "token operator olga @nowhere|There is no file '@nowhere'.",
        "serve nowhere|There is no file 'nowhere'. Give the path of a properties file.",
        "serve --what|There is no option --what.",
        "keys nowhere|There is no file 'nowhere'.",
        "keys --what|There is no option --what.",
        "backup|Missing required parameter: '<directory>'",
        "backup new nowhere|There is no file 'nowhere'.",
        "backup new --what|There is no option --what.",
        "rebuild-graph nowhere|There is no file 'nowhere'.",
        "rebuild-graph --what|There is no option --what.",
        "policy|Give one of the commands explain, replay, what-if.",
        "policy dance|There is no command 'dance'.",
        "policy replay|Missing required parameters: '<url>', '<from>', '<until>'",
        "policy replay vault x y|'vault' is no address of a vault; give one such as http://",
        "policy replay http://[ x y|no address of a vault",
        "policy replay http://h yesterday y|'yesterday' is no time; give one such as 2026-",
        "policy explain|Missing required parameters: '<url>', '<entry | request>'",
        "policy explain http://h 1 2|The argument '2' is one too many.",
        "policy explain http://h 1 --what|There is no option --what.",
        "policy explain http://h 1|Put the token of a role operator into",
        "policy what-if http://h shop|Missing required parameters: '<purpose>', '<from>'",
        "demo|Missing required parameter: '<directory>'",
        "demo a b|The argument 'b' is one too many.",
        "demo a --what|There is no option --what.",
        "load-retail|Missing required parameters: '<url>', '<csv.gz>'",
        "load-retail http://h nowhere|There is no file 'nowhere'. Give the path of a gzipped CSV.",
        "load-retail ftp://h nowhere|'ftp://h' is no address of a vault",
        "load-retail http://h a --what|There is no option --what."
      })
  void badInput_endsWithTwo_andOneLineThatNamesIt(String line, String says) {
    run(line).endedWith(2, says);
  }

  @Test
  void settingsThatCannotBeUsed_endWithTwo_andAreNamed() throws IOException {
    String settings = Files.writeString(dir.resolve("s"), "http.prot=1\n").toString();
    run("serve " + settings).endedWith(2, "Unknown settings [http.prot]");
    Files.writeString(dir.resolve("s"), "http.port=many\n");
    run("keys " + settings).endedWith(2, "http.port is 'many'; it must be a whole number");
    CommandRun.of(Map.of("CONTEXTKEEP_HTTP_PORT", "many"), "serve").endedWith(2, "http.port");
    run("demo " + settings).endedWith(2, "is no directory");
  }

  @Test
  void whatFails_endsWithOne_andSaysWhyInOneLine() throws IOException {
    String settings =
        Files.writeString(
                dir.resolve("s"),
                "data=" + dir.resolve("data") + "\nkeys=" + dir.resolve("keys") + "\n")
            .toString();
    run("keys " + settings).endedWith(1, "start the vault once");
    run("backup " + dir.resolve("new") + " " + settings).endedWith(1, "No backup was made");
    run("rebuild-graph " + settings).endedWith(1, "There is no vault in");
  }

  @Test
  void whereNoVaultAnswers_theCommandSaysSo() throws IOException {
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
