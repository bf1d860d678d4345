package io.contextkeep.audit.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of one tile or entry bundle, as C2SP tlog-tiles spells it: {@code
 * tile/<level>/<index>[.p/<width>]}. Each tile has one spelling, and no other is read.
 *
 * @param level the level of the hashes, 0 for those of the entries; {@link #ENTRIES} for the
 *     entries themselves
 * @param index the tile's place within its level
 * @param width 256 for a full tile, less for one that is still growing
 */
public record TilePath(int level, long index, int width) {
  public static final int FULL = 256;
  public static final int ENTRIES = -1;

  private static final int MAX_LEVEL = 63;
  private static final Pattern SPELLING =
      Pattern.compile(
          "tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\\.p/([0-9]{1,3}))?");

  public TilePath {
    if (level < ENTRIES || level > MAX_LEVEL || index < 0 || width < 1 || width > FULL) {
      throw new IllegalArgumentException("No tile is at " + level + ", " + index + ", " + width);
    }
  }

  /** Parses a path without a leading slash; returns empty if it is malformed. */
  public static Optional<TilePath> parse(String path) {
    Matcher parts = SPELLING.matcher(path);
    if (!parts.matches()) {
      return Optional.empty();
    }
    int level = parts.group(1).equals("entries") ? ENTRIES : Integer.parseInt(parts.group(1));
    long index = Long.parseLong(parts.group(2).replace("x", "").replace("/", ""));
    int width = parts.group(3) == null ? FULL : Integer.parseInt(parts.group(3));
    if (level > MAX_LEVEL || width < 1 || width > FULL) {
      return Optional.empty();
    }
    return Optional.of(new TilePath(level, index, width)).filter(t -> t.toString().equals(path));
  }

  /**
   * Returns every tile and bundle of a tree of that size, which together are a complete copy of the
   * log.
   */
  public static List<TilePath> all(long size) {
    List<TilePath> all = new ArrayList<>();
    for (int level = ENTRIES; hashes(level, size) > 0; level++) {
      long hashes = hashes(level, size);
      for (long index = 0; index << 8 < hashes; index++) {
        all.add(new TilePath(level, index, (int) Math.min(FULL, hashes - (index << 8))));
      }
    }
    return all;
  }

  public boolean full() {
    return width == FULL;
  }

  /** Returns the number of hashes of this tile in a tree of that size, 0 to 256. */
  static int width(int level, long index, long size) {
    long hashes = hashes(level, size);
    long full = hashes / FULL;
    return index < full ? FULL : index > full ? 0 : (int) (hashes % FULL);
  }

  /** Returns the number of hashes, or entries, that a tree of that size has on a level. */
  private static long hashes(int level, long size) {
    int height = 8 * Math.max(0, level);
    return height >= Long.SIZE ? 0 : size >> height;
  }

  /**
   * Returns whether a tree of that size has this tile, so that its bytes can never change again.
   */
  public boolean within(long size) {
    return width <= width(level, index, size);
  }

  @Override
  public String toString() {
    StringBuilder number = new StringBuilder();
    for (long rest = index / 1_000; rest > 0; rest /= 1_000) {
      number.insert(0, "x" + threeDigits(rest % 1_000) + "/");
    }
    return "tile/"
        + (level == ENTRIES ? "entries" : level)
        + "/"
        + number
        + threeDigits(index % 1_000)
        + (full() ? "" : ".p/" + width);
  }

  private static String threeDigits(long number) {
    return Long.toString(1_000 + number).substring(1);
  }
}
