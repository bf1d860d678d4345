package io.contextkeep.vault.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The number of open questions, and their ends. */
final class JobTest {
  private final Places places = new Places();

  @Test
  void oneAnalyst_isLimitedToTheirPlaces_andOthersStillGetTheirs() {
    List<Places.Place> anas = taken("ana", Places.EACH);
    assertThat(places.take("ana")).isEmpty();
    assertThat(places.take("bob")).isPresent();
    anas.getFirst().close();
    anas.getFirst().close();
    assertThat(places.take("ana")).isPresent();
    assertThat(places.take("ana")).isEmpty();
  }

  @Test
  void allAnalystsTogether_areLimited() {
    for (int i = 0; i < Places.ALL / Places.EACH; i++) {
      taken("analyst" + i, Places.EACH);
    }
    assertThat(places.take("another")).isEmpty();
  }

  private List<Places.Place> taken(String analyst, int many) {
    List<Places.Place> all = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      all.add(places.take(analyst).orElseThrow());
    }
    return all;
  }

  @Test
  void aJob_releasesItsPlaceOnce_howeverItEnds() {
    for (Job.State end : List.of(Job.State.CANCELLED, Job.State.FAILED, Job.State.RELEASED)) {
      Job job = new Job(1);
      job.holds(places.take("ana").orElseThrow());
      if (end == Job.State.RELEASED) {
        job.release("{}");
      } else {
        job.end(end, "CANCELLED");
      }
      job.end(Job.State.FAILED, "INTERNAL_ERROR");
      assertThat(job.status().state()).isEqualTo(end);
    }
    assertThat(taken("ana", Places.EACH)).hasSize(Places.EACH);
  }

  @Test
  void aJobIsWanted_untilItsLastClientHasGone() {
    Job job = new Job(1);
    job.join("ana");
    job.join("bob");
    assertThat(job.isAskedBy("bob")).isTrue();
    assertThat(job.isAskedBy("eve")).isFalse();
    assertThat(job.leave()).isFalse();
    assertThat(job.leave()).isTrue();
  }

  @Test
  void anEndedJob_doesNotChange() {
    Job job = new Job(1);
    job.progress(3);
    job.end(Job.State.FAILED, "DEADLINE_PASSED");
    job.progress(7);
    job.release("{}");
    Job.Status status = job.ended(Duration.ofDays(1));
    assertThat(status.state()).isEqualTo(Job.State.FAILED);
    assertThat(status.reason()).isEqualTo(Optional.of("DEADLINE_PASSED"));
    assertThat(status.release()).isEmpty();
  }
}
