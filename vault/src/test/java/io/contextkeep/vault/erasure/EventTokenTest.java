package io.contextkeep.vault.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.vault.crypto.JwsKey;
import io.contextkeep.vault.erasure.ErasureNotices.Notice;
import io.contextkeep.vault.erasure.ErasureNotices.State;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The names of customers in tokens, in RFC 9493's formats where one fits. */
final class EventTokenTest {
  private static final JwsKey KEY = new JwsKey("k", new SecretKeySpec(new byte[32], "Ed25519"));

  @ParameterizedTest
  @CsvSource({
    "email:ann@example.com, email, email, ann@example.com",
    "email:no address, opaque, id, email:no address",
    "phone_number:+15551234567, phone_number, phone_number, +15551234567",
    "phone_number:0555 1234, opaque, id, phone_number:0555 1234",
    "device:a:b, opaque, id, device:a:b"
  })
  void aName_hasItsMatchingFormat_orIsOpaque(
      String name, String format, String member, String value) throws IOException {
    JsonNode subject = claims(List.of(name)).path("sub_id");
    assertThat(subject.path("format").asText()).isEqualTo(format);
    assertThat(subject.path(member).asText()).isEqualTo(value);
    assertThat(subject).hasSize(2);
  }

  @Test
  void aToken_hasTheClaimsOfRfc8417_andIsReproducible() throws IOException {
    JsonNode claims = claims(List.of("device:x"));
    assertThat(claims.fieldNames())
        .toIterable()
        .containsExactly("aud", "events", "iat", "iss", "jti", "sub_id");
    assertThat(claims.path("iat").longValue()).isEqualTo(1_764_072_000);
    assertThat(signed(List.of("device:x"))).isEqualTo(signed(List.of("device:x")));
  }

  private static String signed(List<String> names) {
    Notice notice =
        new Notice(
            1,
            "00000000-0000-4000-8000-000000000000",
            "shop",
            Instant.ofEpochSecond(1_764_072_000),
            State.NOT_TOLD,
            Optional.empty(),
            0,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return EventToken.signed(notice, names, KEY, "https://vault.example");
  }

  private static JsonNode claims(List<String> names) throws IOException {
    String payload = signed(names).split("\\.", -1)[1];
    return new ObjectMapper().readTree(Base64.getUrlDecoder().decode(payload));
  }
}
