package io.contextkeep.vault.analytics.noise;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.math.BigInteger;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Samples that another implementation drew from the same bytes. */
final class SampleVectorsTest {

  @ParameterizedTest
  @ValueSource(strings = {"2.342", "3", "9", "100", "41293847", "9999999999999999999999"})
  void theGaussianOfTheirSeed_equalsTheirSamples(String file) throws Exception {
    JsonNode vector = read("/discrete-gauss/discrete_gauss_" + file + ".json");
    Rational deviation =
        new Rational(
            new BigInteger(vector.get("std_num").asText()),
            new BigInteger(vector.get("std_denom").asText()));
    DiscreteGaussian noise = new DiscreteGaussian(deviation.squared());
    Draws draws =
        new Draws(new SeededBytes(HexFormat.of().parseHex(vector.get("seed").textValue())));

    assertThat(vector.get("samples")).hasSize(49);
    for (JsonNode sample : vector.get("samples")) {
      assertThat(noise.draw(draws)).isEqualTo(new BigInteger(sample.asText()));
    }
  }

  private static JsonNode read(String resource) throws Exception {
    try (InputStream in = SampleVectorsTest.class.getResourceAsStream(resource)) {
      return new ObjectMapper().readTree(in);
    }
  }
}
