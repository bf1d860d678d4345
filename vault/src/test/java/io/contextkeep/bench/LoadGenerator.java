package io.contextkeep.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The load generator as a program: for each line {@code port connections milliseconds requests} it
 * makes one step of load and prints the result. The process stays, so that it is warm.
 */
final class LoadGenerator implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern LENGTH = Pattern.compile("\r\nContent-Length: ([0-9]+)\r\n");

  private final Program program;

  private LoadGenerator(Program program) {
    this.program = program;
  }

  static LoadGenerator start(Path log) throws IOException {
    return new LoadGenerator(Program.start(log, Map.of(), LoadGenerator.class));
  }

  /**
   * One step.
   *
   * @param requests a file of complete requests, concatenated; a body has a Content-Length
   */
  Load.Result run(int port, int connections, Duration time, Path requests) throws IOException {
    program.say(port + " " + connections + " " + time.toMillis() + " " + requests);
    return JSON.readValue(program.hear(), Load.Result.class);
  }

  @Override
  public void close() throws InterruptedException {
    program.close();
  }

  public static void main(String[] args) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] step = line.split(" ", 4);
      Load.Result result =
          Load.run(
              Integer.parseInt(step[0]),
              Integer.parseInt(step[1]),
              Duration.ofMillis(Long.parseLong(step[2])),
              requests(Path.of(step[3])));
      System.out.println(JSON.writeValueAsString(result));
    }
  }

  private static List<ByteBuffer> requests(Path file) throws IOException {
    String all = Files.readString(file, StandardCharsets.US_ASCII);
    List<ByteBuffer> requests = new ArrayList<>();
    int from = 0;
    while (from < all.length()) {
      int body = all.indexOf("\r\n\r\n", from) + 4;
      Matcher length = LENGTH.matcher(all.substring(from, body));
      int end = length.find() ? body + Integer.parseInt(length.group(1)) : body;
      requests.add(direct(all.substring(from, end).getBytes(StandardCharsets.US_ASCII)));
      from = end;
    }
    return requests;
  }

  private static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }
}
