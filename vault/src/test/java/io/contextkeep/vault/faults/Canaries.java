package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.vault.identity.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Canaries: words in place of personal data, one for each input of the vault, and requests that
 * send them there: valid, mistaken and malformed.
 */
final class Canaries {
  private static final String HEAD = "zq7";
  static final String NUMBER = word("number");

  private static final Set<String> PLACES =
      Set.of(
          "number",
          "value",
          "email",
          "device",
          "eventid",
          "eventvalue",
          "key",
          "reason",
          "header",
          "body",
          "path",
          "query",
          "token");

  private final Parties parties;
  private final int port;

  Canaries(Parties parties, int port) {
    this.parties = parties;
    this.port = port;
  }

  /** Returns the canary of an input, in lower case like normalised identifiers. */
  static String word(String place) {
    return HEAD + place + "canary";
  }

  /** Returns the byte strings to search for: each canary, and its encodings. */
  static List<byte[]> traces() {
    Set<String> all = new TreeSet<>();
    for (String place : PLACES) {
      byte[] word = word(place).getBytes(StandardCharsets.UTF_8);
      all.add(word(place));
      all.add(
          new String(word(place).getBytes(StandardCharsets.UTF_16LE), StandardCharsets.ISO_8859_1));
      all.add(HexFormat.of().formatHex(word));
      all.add(HexFormat.of().withUpperCase().formatHex(word));
      all.addAll(base64(word));
    }
    return all.stream().map(text -> text.getBytes(StandardCharsets.ISO_8859_1)).toList();
  }

  /** Returns the part of the canary's Base64 that does not depend on its neighbours. */
  private static List<String> base64(byte[] word) {
    List<String> all = new ArrayList<>();
    for (int before = 0; before < 3; before++) {
      byte[] shifted = new byte[before + word.length];
      System.arraycopy(word, 0, shifted, before, word.length);
      int first = before == 0 ? 0 : 4;
      int last = shifted.length / 3 * 4;
      all.add(Base64.getEncoder().encodeToString(shifted).substring(first, last));
      all.add(Base64.getUrlEncoder().encodeToString(shifted).substring(first, last));
    }
    return all;
  }

  /** The shop gets an erasure notice with the name it had used, and acknowledges it. */
  void takeNotices() throws IOException {
    Answer told = parties.send("GET", "/v1/erasure-notices", shop(), "", Map.of()).ok();
    JsonNode sets = new ObjectMapper().readTree(told.body()).path("sets");
    assertThat(sets).isNotEmpty();
    sets.properties().forEach(set -> take(set.getKey(), set.getValue().asText()));
  }

  private void take(String notice, String token) {
    String payload = token.split("\\.", -1)[1];
    assertThat(new String(Base64.getUrlDecoder().decode(payload), StandardCharsets.UTF_8))
        .contains(word("email"), NUMBER);
    parties
        .send(
            "POST",
            "/v1/erasure-notices/" + notice + "/acknowledgement",
            shop(),
            "{\"outcome\":\"erased\"}",
            Map.of())
        .ok();
  }

  /** Sends all valid requests, whose data is stored. */
  void live() {
    String now = Instant.now().toString();
    parties
        .ingest(
            """
            {"customer":{"customer_number":"%1$s","email":"%2$s@example.com","device":"%3$s"},\
            "attribute":"country","observed":"%7$s","value":"%4$s"}
            {"customer":{"customer_number":"%1$s"},"event":"purchase","id":"%5$s","observed":"%7$s",\
            "value":{"%6$s":"%6$s"}}
            """
                .formatted(
                    NUMBER,
                    word("email"),
                    word("device"),
                    word("value"),
                    word("eventid"),
                    word("eventvalue"),
                    now),
            word("key"))
        .ok();
    parties.consent(NUMBER).ok();
    parties
        .send(
            "GET",
            context("email:" + word("email") + "@example.com", "country") + reason(),
            shop(),
            "",
            headers())
        .ok();
    parties
        .send(
            "POST",
            "/v1/context",
            shop(),
            """
            {"purpose":"dpv:ServicePersonalisation","attributes":["country","purchase"],\
            "customers":["customer_number:%s"],"reason":"%s"}\
            """
                .formatted(NUMBER, word("reason")),
            headers())
        .ok();
    String ann = parties.customer(NUMBER);
    parties
        .send(
            "PUT",
            "/v1/me/attributes/country",
            ann,
            "{\"value\":\"" + word("value") + "\"}",
            headers())
        .ok();
    parties.view(NUMBER).ok();
    parties.send("GET", "/v1/me/accesses", ann, "", headers()).ok();
  }

  /** Sends all requests that are refused, whose problems must not contain personal data. */
  void mistakes() {
    String ann = parties.customer(NUMBER);
    String path = word("path");
    String body = "{\"customer\": \"" + word("body") + "\"";
    refused("GET", "/v1/" + path, shop(), "");
    refused("GET", "/" + path, path, "");
    refused("GET", context("nobody:" + path, "country"), shop(), "");
    refused("GET", context(path, "country"), shop(), "");
    refused("GET", context("email:" + path, path), shop(), "");
    refused("GET", "/v1/me/accesses?" + word("query") + "=" + word("query"), ann, "");
    refused("GET", "/v1/me/accesses", "not.a." + word("token"), "");
    refused("GET", "/v1/audit/entries?from=" + word("query"), auditor(), "");
    refused("PUT", "/v1/me/consents/" + path + "/" + path, ann, "");
    refused("PUT", Parties.CONSENT + path, ann, "");
    refused("DELETE", Parties.CONSENT + path, ann, "");
    refused("DELETE", "/v1/me/consents/" + path + "/shop", ann, "");
    refused("PUT", "/v1/me/objections/" + path, ann, "");
    refused("PUT", "/v1/me/attributes/" + path, ann, "{\"value\":1}");
    refused("PUT", "/v1/attributes/" + path + "!", operator(), "{}");
    refused("PUT", "/v1/apps/" + path + "!", operator(), body);
    for (String bad : List.of(body, body + "}", "[\"" + word("body") + "\"]", word("body"))) {
      refused("POST", "/v1/context", shop(), bad);
      refused("PUT", Parties.CONSENT, ann, bad);
      refused("PUT", "/v1/me/attributes/country", ann, bad);
      refused("PUT", "/v1/attributes/country", operator(), bad);
      notKept(bad);
    }
    notKept(
        line(
            "\"email\":\"" + word("email") + "@example.com\",\"Bad Kind\":\"x\"",
            "country",
            "\"a\""));
    notKept(line("\"customer_number\":\"" + NUMBER + "\"", word("body"), "\"a\""));
    notKept(
        line("\"customer_number\":\"" + NUMBER + "\"", "invoices", "\"" + word("value") + "\""));
    raw(
        "GET /v1/customers/%zz"
            + path
            + "/context?x=%zz"
            + word("query")
            + " HTTP/1.1\r\nHost: x\r\n\r\n");
    raw(
        "GET /v1/me?%zz="
            + word("query")
            + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
            + ann
            + "\r\n\r\n");
    raw("GET /" + path + " HTTP/9.9\r\nHost: " + word("header") + "\r\n\r\n");
    raw("GET / HTTP/1.1\r\nBad Header " + word("header") + "\r\n\r\n");
    raw("GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + word("header").repeat(2_000) + "\r\n\r\n");
    raw(word("body") + "\r\n\r\n");
  }

  private void refused(String method, String path, String token, String body) {
    Answer answer = parties.send(method, path, token, body, headers());
    assertThat(answer.status()).as("%s %s", method, path).isBetween(400, 499);
    assertThat(answer.body()).doesNotContain(HEAD);
  }

  /** Sends a line that is refused in a stored report, or with its batch. */
  private void notKept(String line) {
    Answer answer = parties.ingest(line, word("key") + line.hashCode());
    assertThat(answer.status() >= 400 || answer.json().path("kept").intValue() == 0)
        .as("%s", answer)
        .isTrue();
    assertThat(answer.body()).doesNotContain(HEAD);
  }

  /** Sends malformed HTTP. */
  private void raw(String request) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      socket.shutdownOutput();
      byte[] reply = socket.getInputStream().readAllBytes();
      String text = new String(reply, StandardCharsets.UTF_8);
      assertThat(text).doesNotContain(HEAD).doesNotStartWith("HTTP/1.1 2");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String line(String customer, String attribute, String value) {
    return """
    {"customer":{%s},"attribute":"%s","observed":"2026-01-01T00:00:00Z","value":%s}\
    """
        .formatted(customer, attribute, value);
  }

  private static String context(String customer, String attributes) {
    return "/v1/customers/"
        + customer
        + "/context?purpose=dpv:ServicePersonalisation&attributes="
        + attributes;
  }

  private static String reason() {
    return "&reason=" + word("reason");
  }

  private static Map<String, String> headers() {
    String word = word("header");
    return Map.of(
        "X-Canary", word, "User-Agent", word, "X-Request-Id", word, "Cookie", "a=" + word);
  }

  private String shop() {
    return parties.token(Role.APP, "shop");
  }

  private String auditor() {
    return parties.token(Role.AUDITOR, "audrey");
  }

  private String operator() {
    return parties.token(Role.OPERATOR, "olga");
  }
}
