package io.contextkeep.vault.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AcceptEncodingTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gzip",
        "GZip",
        "x-gzip",
        "br, gzip;q=0.8",
        "deflate,gzip",
        "gzip;q=0.001",
        "gzip ; q=0.5 , br",
        "*",
        "br;q=1, *;q=0.1",
        "gzip, identity",
        "gzip;q=0.5, *;q=0",
        "identity;q=0, gzip;q=0.1"
      })
  void gzip_isSentToClientsThatAcceptIt(String header) {
    assertThat(AcceptEncoding.prefersGzip(header)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "identity",
        "br",
        "gzip;q=0",
        "gzip;q=0.000, *",
        "*;q=0",
        "br, gzip;q=0.0",
        "identity, gzip;q=0.5",
        "gzippy",
        "gzip;q=2",
        "gzip;q=many",
        "\"gzip\"",
        ",,;"
      })
  void uncompressedBytes_areSentToOtherClients(String header) {
    assertThat(AcceptEncoding.prefersGzip(header)).isFalse();
  }
}
