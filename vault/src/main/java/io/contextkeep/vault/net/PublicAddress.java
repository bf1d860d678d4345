package io.contextkeep.vault.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;

/**
 * The test for public addresses, by IANA's registries of special-purpose addresses (RFC 6890). Of
 * IPv6 only the allocated block (2000::/3) is public, so addresses that wrap an IPv4 address
 * (mapped, NAT64, 6to4, Teredo) are excluded too.
 */
final class PublicAddress {
  /** Blocks of IPv4 that are private or reserved. */
  private static final List<Block> NOT_PUBLIC =
      List.of(
          new Block(0x00000000, 8), // this network
          new Block(0x0a000000, 8), // private
          new Block(0x64400000, 10), // carrier's own
          new Block(0x7f000000, 8), // loopback
          new Block(0xa83f8110, 32), // 168.63.129.16, a cloud's own services
          new Block(0xa9fe0000, 16), // link-local, with the clouds' metadata
          new Block(0xac100000, 12), // private
          new Block(0xc0000000, 24), // protocol assignments
          new Block(0xc0000200, 24), // documentation
          new Block(0xc0586300, 24), // 6to4 relays
          new Block(0xc0a80000, 16), // private
          new Block(0xc6120000, 15), // benchmarks
          new Block(0xc6336400, 24), // documentation
          new Block(0xcb007100, 24), // documentation
          new Block(0xe0000000, 4), // multicast
          new Block(0xf0000000, 4)); // reserved, broadcast

  private record Block(int start, int bits) {
    boolean has(int address) {
      return (address ^ start) >>> (32 - bits) == 0;
    }
  }

  private PublicAddress() {}

  /** Returns whether the address is on the public internet and not this machine's own. */
  static boolean is(InetAddress address) {
    return inPublicBlock(address) && !isOfThisMachine(address);
  }

  private static boolean inPublicBlock(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (address instanceof Inet4Address) {
      int number = word(bytes, 0) << 16 | word(bytes, 2);
      return NOT_PUBLIC.stream().noneMatch(block -> block.has(number));
    }
    int first = word(bytes, 0);
    int second = word(bytes, 2);
    boolean givenOut = first >>> 13 == 1;
    boolean protocol = first == 0x2001 && second < 0x0200;
    boolean documentation =
        first == 0x2001 && second == 0x0db8 || first == 0x3fff && second < 0x1000;
    boolean sixToFour = first == 0x2002;
    return givenOut && !protocol && !documentation && !sixToFour;
  }

  private static int word(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
  }

  private static boolean isOfThisMachine(InetAddress address) {
    try {
      return NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      return true;
    }
  }
}
