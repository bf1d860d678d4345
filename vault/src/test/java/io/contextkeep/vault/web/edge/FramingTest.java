package io.contextkeep.vault.web.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Unambiguous requests, and ambiguous ones, which are refused. */
final class FramingTest {
  private static final String POST = "POST /a HTTP/1.1\r\nHost: vault\r\n";
  private static final String CHUNKED = POST + "Transfer-Encoding: chunked\r\n\r\n";

  private final Framing framing = new Framing();

  /** Returns the fault of a text, which is the same however the bytes arrive. */
  private Optional<Framing.Fault> take(String text) {
    Optional<Framing.Fault> whole = take(framing, text, 1_024);
    for (int piece : new int[] {1, 2, 7}) {
      assertThat(take(new Framing(), text, piece)).as("in pieces of %s", piece).isEqualTo(whole);
    }
    return whole;
  }

  private static Optional<Framing.Fault> take(Framing framing, String text, int piece) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    int at = 0;
    while (at < bytes.length && framing.fault().isEmpty()) {
      int passed = framing.passable(bytes.length - at);
      if (passed > 0) {
        framing.pass(passed);
        at += passed;
      } else {
        byte[] some = Arrays.copyOfRange(bytes, at, Math.min(at + piece, bytes.length));
        at += framing.take(some, some.length);
      }
    }
    return framing.fault();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: vault\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\nHost: vault:8440\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET /a?b=c HTTP/1.1\r\nhost:[::1]:80\r\nX-Empty:\r\nX-Tab: a\tb\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: vault\r\n\r\n",
        POST + "Content-Length: 0\r\n\r\n",
        POST + "Content-Length: 005\r\n\r\nhello",
        POST + "Content-Length: 2\r\n\r\n\r\n",
        CHUNKED + "0\r\n\r\n",
        CHUNKED + "5\r\nhello\r\n00a;name=\"v\"\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n",
        POST + "transfer-encoding:   Chunked  \r\n\r\n2\r\n\r\n\r\n0\r\n\r\n",
      })
  void anUnambiguousRequest_isAccepted(String request) {
    assertThat(take(request + request)).isEmpty();
    assertThat(framing.heads()).isEqualTo(2);
    assertThat(framing.ends()).isEqualTo(2);
    assertThat(framing.inside()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Host
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost:\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
        // Lines
        "GET / HTTP/1.1\nHost: vault\n\n",
        "GET / HTTP/1.1\r\nHost: vault\n\r\n",
        "GET / HTTP/1.1\r\nHost: vault\r\n\n",
        "GET / HTTP/1.1\r\nHost: vault\r\r\n\r\n",
        "GET / HTTP/1.1\rHost: vault\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: vault\r\nX: a\r\n b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: vault\r\nX: a\r\n\tb\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: vault\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : vault\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: vault\r\nX Y: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: vault\r\nX\t: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: vault\r\n: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: vault\r\nX\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: vault\r\nX\u00e9: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: vault\r\nX: a\u0000b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: vault\r\nX: a\u000bb\r\n\r\n",
        "\r\n\r\nGET / HTTP/1.1\r\nHost: vault\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: vault\r\n\r\n",
        "GET / HTTP/1.1 \r\nHost: vault\r\n\r\n",
        " GET / HTTP/1.1\r\nHost: vault\r\n\r\n",
        "GET /\tHTTP/1.1\r\nHost: vault\r\n\r\n",
        "GET /\u00e9 HTTP/1.1\r\nHost: vault\r\n\r\n",
        "GET /\r\n",
        "GET / HTTP/1.2\r\nHost: vault\r\n\r\n",
        "GET / HTTP/11\r\nHost: vault\r\n\r\n",
        "GET / http/1.1\r\nHost: vault\r\n\r\n",
        "G(T / HTTP/1.1\r\nHost: vault\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u0016\u0003\u0001\u0002\u0000\u0001\r\n",
        // Lengths
        POST + "Content-Length: +5\r\n\r\n",
        POST + "Content-Length: -5\r\n\r\n",
        POST + "Content-Length: 5 5\r\n\r\n",
        POST + "Content-Length: 5, 5\r\n\r\n",
        POST + "Content-Length: 0x5\r\n\r\n",
        POST + "Content-Length: 5.0\r\n\r\n",
        POST + "Content-Length:\r\n\r\n",
        POST + "Content-Length: 99999999999999999999\r\n\r\n",
        POST + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
        POST + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
        // Codings
        POST + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        POST + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
        POST + "Transfer-Encoding: xchunked\r\n\r\n",
        POST + "Transfer-Encoding: identity\r\n\r\n",
        POST + "Transfer-Encoding: gzip\r\n\r\n",
        POST + "Transfer-Encoding: gzip, chunked\r\n\r\n",
        POST + "Transfer-Encoding: chunked, chunked\r\n\r\n",
        POST + "Transfer-Encoding: chunked;q=1\r\n\r\n",
        POST + "Transfer-Encoding: \"chunked\"\r\n\r\n",
        POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        POST + "Transfer-Encoding:\r\n\r\n",
        POST + "Transfer-Encoding: \u000bchunked\r\n\r\n",
        "POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
        // Chunks
        CHUNKED + "100000000\r\n",
        CHUNKED + "0000000000\r\n",
        CHUNKED + "ffffffffffffffff\r\n",
        CHUNKED + "5\r\nhello0\r\n",
        CHUNKED + "5\r\nhell\r\n0\r\n\r\n",
        CHUNKED + "5\nhello\r\n0\r\n\r\n",
        CHUNKED + "5\r\nhello\n0\r\n\r\n",
        CHUNKED + " 5\r\nhello\r\n0\r\n\r\n",
        CHUNKED + "5 \r\nhello\r\n0\r\n\r\n",
        CHUNKED + "0x5\r\nhello\r\n0\r\n\r\n",
        CHUNKED + "+5\r\nhello\r\n0\r\n\r\n",
        CHUNKED + "-1\r\n",
        CHUNKED + "\r\n",
        CHUNKED + "5;a=\u0000\r\nhello\r\n0\r\n\r\n",
        CHUNKED + "0\r\nContent-Length: 5\r\n\r\n",
        CHUNKED + "0\r\nTransfer-Encoding: chunked\r\n\r\n",
        CHUNKED + "0\r\nHost: b\r\n\r\n",
        CHUNKED + "0\r\n a: b\r\n\r\n",
        CHUNKED + "0\r\na\r\n\r\n",
        CHUNKED + "0\r\n\n",
      })
  void anAmbiguousRequest_isRefused(String request) {
    assertThat(take(request)).map(fault -> fault.why().status()).contains(400);
  }

  @Test
  void everyPartOfTheFraming_isBounded() {
    assertThat(status("GET /" + "a".repeat(9_000))).contains(414);
    assertThat(status("GET / HTTP/1.1\r\nX: " + "a".repeat(20_000))).contains(431);
    assertThat(status("GET / HTTP/1.1\r\n" + "X: a\r\n".repeat(101))).contains(431);
    assertThat(status(CHUNKED + "1;" + "a".repeat(2_000))).contains(400);
    assertThat(status(CHUNKED + "1;aaaaaaaaaaaaaaaa\r\nx\r\n".repeat(100))).contains(400);
    assertThat(status(CHUNKED + "0\r\n" + "X: a\r\n".repeat(2_000))).contains(400);
  }

  private static Optional<Integer> status(String request) {
    return new FramingTest().take(request).map(fault -> fault.why().status());
  }
}
