package io.contextkeep.audit.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TilePathTest {

  @ParameterizedTest
  @CsvSource({
    "tile/0/x001/x234/067, 0, 1234067, 256",
    "tile/0/000, 0, 0, 256",
    "tile/0/000.p/1, 0, 0, 1",
    "tile/63/999.p/255, 63, 999, 255",
    "tile/2/x001/000.p/17, 2, 1000, 17",
    "tile/entries/x273/000, -1, 273000, 256",
    "tile/entries/273.p/112, -1, 273, 112",
  })
  void aPath_isParsedAndPrintedAsSpecified(String path, int level, long index, int width) {
    assertThat(TilePath.parse(path)).contains(new TilePath(level, index, width));
    assertThat(new TilePath(level, index, width)).hasToString(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/0000",
        "tile/00/000",
        "tile/01/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/067",
        "tile/0/001/067",
        "tile/0/x001",
        "tile/0/x001/x067",
        "tile/0/X001/067",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000/",
        "tile/Entries/000",
        "tile/entries/000.p/300",
        "/tile/0/000",
        "tile/0/000\n",
        "tile/0/../0/000",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
      })
  void otherSpellings_areRefused(String path) {
    assertThat(TilePath.parse(path)).isEmpty();
  }

  @Test
  void theTilesOfSeventyThousandEntries_areThoseOfTheSpecificationsExample() {
    List<TilePath> hashes =
        TilePath.all(70_000).stream().filter(tile -> tile.level() != TilePath.ENTRIES).toList();
    assertThat(hashes.stream().filter(tile -> tile.level() == 0 && tile.full())).hasSize(273);
    assertThat(hashes.subList(273, hashes.size()))
        .extracting(TilePath::toString)
        .containsExactly("tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1");
    assertThat(TilePath.all(256))
        .extracting(TilePath::toString)
        .containsExactly("tile/entries/000", "tile/0/000", "tile/1/000.p/1");
    assertThat(TilePath.all(0)).isEmpty();
  }

  @Test
  void aTile_isWithinATreeOnlyIfItIsAsFullAsThePathSays() {
    assertThat(new TilePath(0, 0, 256).within(255)).isFalse();
    assertThat(new TilePath(0, 0, 255).within(255)).isTrue();
    assertThat(new TilePath(0, 0, 256).within(256)).isTrue();
    assertThat(new TilePath(1, 0, 1).within(255)).isFalse();
    assertThat(new TilePath(1, 0, 1).within(256)).isTrue();
    assertThat(new TilePath(TilePath.ENTRIES, 1, 1).within(256)).isFalse();
    assertThat(new TilePath(0, 999_999_999_999_999_999L, 256).within(1_000)).isFalse();
    assertThat(new TilePath(8, 0, 1).within(Long.MAX_VALUE)).isFalse();
    assertThat(new TilePath(63, 0, 1).within(Long.MAX_VALUE)).isFalse();
  }
}
