package io.contextkeep.audit;

import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * The content of an entry of type map-root: the root of the prefix tree over the labels of the
 * first {@code size} entries.
 */
record MapRoot(long size, String root) {
  private static final int HEX_LENGTH = 64;

  static MapRoot of(long size, byte[] root) {
    return new MapRoot(size, HexFormat.of().formatHex(root));
  }

  /** Reads a leaf; returns empty if it is not a complete entry of this type. */
  static Optional<MapRoot> said(String leaf) {
    MapRoot said = new MapRoot(Leaf.number(leaf, "size"), Leaf.word(leaf, "root"));
    return Leaf.word(leaf, "type").equals(EntryType.MAP_ROOT.code())
            && said.root.length() == HEX_LENGTH
        ? Optional.of(said)
        : Optional.empty();
  }

  Map<String, Object> facts() {
    return Map.of("size", size, "root", root);
  }

  byte[] rootBytes() {
    return HexFormat.of().parseHex(root);
  }
}
