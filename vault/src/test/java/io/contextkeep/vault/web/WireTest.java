package io.contextkeep.vault.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.vault.auditlog.Accesses;
import io.contextkeep.vault.identity.Caller;
import io.contextkeep.vault.identity.Role;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Details of requests and answers on the wire. */
final class WireTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/me",
        "/v1/me?a=%C3%A9",
        "/v1/me?a=%2F%2e%5c//..;",
        "/%F0%9F%98%80",
        "/v1/me/consents/dpv:X/*",
        "/.well-known/gpc.json",
        "/a%3Bb%25/",
        "http://vault/a?b=//c",
        "HTTP://VAULT/"
      })
  void aTargetOfPercentEncodedUtf8_isWellFormed(String target) {
    assertThat(Target.fault(target, "http", "vault")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/%",
        "/%4",
        "/%zz",
        "/%ff",
        "/%C0%AF",
        "/%ED%A0%80",
        "/é",
        "/a b",
        "/a\u0000",
        "/a%2fb",
        "/a%2Fb",
        "/a%5cb",
        "/a%5Cb",
        "/%2e%2e/a",
        "/%2E%2e/a",
        "/.%2e/a",
        "/a%00",
        "/a%0d%0a",
        "/a%7f",
        "/a%252fb",
        "/a%255Cb",
        "/a%25252fb",
        "/a/../b",
        "/a/..",
        "/a/./b",
        "/a//b",
        "//a",
        "/a;b=c/d",
        "/a\\b",
        "/a?b#c",
        "/a#b",
        "a",
        "*",
        "http://other/a",
        "http://vault",
        "http://vault?/a",
        "http://vault//a",
        "https://vault/a",
        "http://a@vault/a",
        "http:/a"
      })
  void everythingElse_isNot(String target) {
    assertThat(Target.fault(target, "http", "vault")).isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "application/json | application/json",
        "Application/JSON; charset=UTF-8 | application/json",
        "application/json;charset=\"utf-8\" | application/json",
        "application/x-ndjson;charset=utf8 | application/x-ndjson",
        "application/json; charset=iso-8859-1 | none",
        "application/json; charset=utf-8; charset=utf-16 | none",
        "application/json; charset=utf-8; profile=x | application/json",
        "application/json; a=b | application/json",
        "application/json; a=\"b;charset=x\\\"\"; | application/json",
        "application/json; a | none",
        "application/json a=b | none",
        "json | none",
        "application/json, text/plain | none",
      })
  void theBodysType_isAcceptedOnlyAsUtf8(String header, String type) {
    assertThat(Media.type(request(Map.of("Content-Type", header))).orElse("none")).isEqualTo(type);
  }

  private static Request request(Map<String, String> headers) {
    Caller caller = new Caller("shop", Role.APP, Optional.empty());
    return new Request("id", caller, Map.of(), Map.of(), headers, new byte[] {'{', '}'});
  }

  @Test
  void staffAreShownByRole_andServicesByName() {
    assertThat(actor("olga", "operator")).isEqualTo("operator");
    assertThat(actor("audrey", "auditor")).isEqualTo("auditor");
    assertThat(actor("ana", "analyst")).isEqualTo("analyst");
    assertThat(actor("shop", "app")).isEqualTo("shop");
    assertThat(actor("crm", "source")).isEqualTo("crm");
    ObjectNode unknown = Json.MAPPER.createObjectNode().put("actor", "olga");
    assertThat(Accesses.withoutStaff(unknown).path("actor").asText()).isEqualTo("staff");
  }

  private static String actor(String actor, String role) {
    ObjectNode entry = Json.MAPPER.createObjectNode().put("actor", actor).put("role", role);
    return Accesses.withoutStaff(entry).path("actor").asText();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1969-12-31T23:59:59Z",
        "-1000000000-01-01T00:00:00Z",
        "+1000000000-12-31T23:59:59Z",
        "2026-11-24T24:00:00Z",
        "2026-11-24T12:00:00+02:00:30",
        "2026-11-24T12:00:00.Z",
        "yesterday",
        ""
      })
  void invalidTimes_areProblems(String text) {
    assertThatThrownBy(() -> Times.parse("It", text))
        .isInstanceOfSatisfying(Problem.class, p -> assertThat(p.status()).isEqualTo(400));
  }

  @Test
  void validTimes_areAccepted() {
    assertThat(Times.parse("It", "9999-12-31T23:59:59.999Z").toEpochMilli()).isPositive();
    assertThat(Times.parse("It", "1970-01-01T00:00:00Z").toEpochMilli()).isZero();
  }
}
