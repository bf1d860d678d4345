package io.contextkeep.ontology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

final class SubjectIdTest {
  private final SecureRandom random = new SecureRandom();

  @Test
  void aSubjectId_survivesBeingWrittenAndRead() {
    for (int i = 0; i < 1_000; i++) {
      SubjectId id = SubjectId.random(random);
      assertThat(SubjectId.parse(id.toString())).isEqualTo(id);
      assertThat(id.toString()).matches("[0-9a-f]{16}");
    }
  }

  @Test
  void zeroAndNegativeNumbers_areRefused() {
    assertThatThrownBy(() -> new SubjectId(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new SubjectId(-1)).isInstanceOf(IllegalArgumentException.class);
  }
}
