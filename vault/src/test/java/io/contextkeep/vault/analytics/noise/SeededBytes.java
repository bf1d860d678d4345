package io.contextkeep.vault.analytics.noise;

import io.contextkeep.vault.analytics.noise.Draws.RandomBytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Bytes that a seed determines: XofTurboShake128 of draft-irtf-cfrg-vdaf with nothing else in it,
 * over TurboSHAKE128 of RFC 9861. For tests: a vault has no seed.
 */
public final class SeededBytes implements RandomBytes {
  private static final int RATE = 168;
  private static final int ROUNDS = 12;
  private static final long[] CONSTANTS = {
    0x000000008000808bL, 0x800000000000008bL, 0x8000000000008089L, 0x8000000000008003L,
    0x8000000000008002L, 0x8000000000000080L, 0x000000000000800aL, 0x800000008000000aL,
    0x8000000080008081L, 0x8000000000008080L, 0x0000000080000001L, 0x8000000080008008L
  };

  /** The target and the rotation of each lane (FIPS 202, sections 3.2.2 and 3.2.3). */
  private static final int[] LANES = new int[24];

  private static final int[] ROTATIONS = new int[24];

  static {
    int x = 1;
    int y = 0;
    for (int t = 0; t < 24; t++) {
      int next = (2 * x + 3 * y) % 5;
      x = y;
      y = next;
      LANES[t] = x + 5 * y;
      ROTATIONS[t] = (t + 1) * (t + 2) / 2 % 64;
    }
  }

  private final long[] state = new long[25];
  private byte[] block;
  private int used;

  public SeededBytes(byte[] seed) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.writeBytes(new byte[] {0, 0, (byte) seed.length});
    message.writeBytes(seed);
    message.write(1);
    if (message.size() > RATE) {
      throw new IllegalArgumentException("A seed fits in one block");
    }
    block = Arrays.copyOf(message.toByteArray(), RATE);
    block[RATE - 1] ^= (byte) 0x80;
    ByteBuffer words = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < RATE / 8; i++) {
      state[i] ^= words.getLong();
    }
    used = RATE;
  }

  public SeededBytes(long seed) {
    this(ByteBuffer.allocate(32).putLong(seed).array());
  }

  @Override
  public void fill(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (used == RATE) {
        squeeze();
      }
      bytes[i] = block[used++];
    }
  }

  private void squeeze() {
    for (int round = 0; round < ROUNDS; round++) {
      permute(CONSTANTS[round]);
    }
    ByteBuffer words = ByteBuffer.allocate(RATE).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < RATE / 8; i++) {
      words.putLong(state[i]);
    }
    block = words.array();
    used = 0;
  }

  /** Makes one round of Keccak-p[1600] (FIPS 202, section 3.2). */
  private void permute(long constant) {
    long[] columns = new long[5];
    for (int x = 0; x < 5; x++) {
      columns[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20];
    }
    for (int x = 0; x < 5; x++) {
      long parity = columns[x == 0 ? 4 : x - 1] ^ Long.rotateLeft(columns[x == 4 ? 0 : x + 1], 1);
      for (int y = 0; y < 25; y += 5) {
        state[x + y] ^= parity;
      }
    }
    long carried = state[1];
    for (int t = 0; t < 24; t++) {
      long there = state[LANES[t]];
      state[LANES[t]] = Long.rotateLeft(carried, ROTATIONS[t]);
      carried = there;
    }
    for (int row = 0; row < 25; row += 5) {
      long first = state[row];
      long second = state[row + 1];
      state[row] ^= ~second & state[row + 2];
      state[row + 1] ^= ~state[row + 2] & state[row + 3];
      state[row + 2] ^= ~state[row + 3] & state[row + 4];
      state[row + 3] ^= ~state[row + 4] & first;
      state[row + 4] ^= ~first & second;
    }
    state[0] ^= constant;
  }
}
