package io.contextkeep.audit;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProbeTest {
  @TempDir Path dir;

  @Test
  void probe() throws Exception {
    TestStore store = TestStore.create(dir.resolve("p.db"));
    AuditLog log = new AuditLog(store, InstantSource.system(), new SecureRandom());
    SubjectSealer s =
        new SubjectSealer() {
          @Override
          public byte[] seal(byte[] p, byte[] a) {
            return p;
          }

          @Override
          public byte[] open(byte[] p, byte[] a) {
            return p;
          }

          @Override
          public byte[] label(long n) {
            return new byte[32];
          }
        };
    for (int round = 0; round < 8; round++) {
      for (boolean about : new boolean[] {false, true}) {
        long t = System.nanoTime();
        store.inWrite(
            c -> {
              for (int i = 0; i < 5000; i++) {
                AuditEntry e =
                    AuditEntry.of(
                        EntryType.READ,
                        Map.of("actor", "shop", "purpose", "dpv:X", "decision", "permit"));
                log.stage(c, about ? e.about(i % 100, s, Map.of("r", "why")) : e);
              }
              return 0;
            });
        System.out.println("PROBE about=" + about + " us=" + (System.nanoTime() - t) / 5000 / 1000.0);
      }
    }
    for (String attack :
        new String[] {
          "DELETE FROM audit_root",
          "UPDATE audit_leaf SET actor = 'other' WHERE idx = 5",
          "UPDATE audit_leaf SET time = 1 WHERE idx = 5",
          "INSERT INTO audit_private SELECT 3, 999, 0, sealed FROM audit_private LIMIT 1;",
        }) {
      store.inRead(
          c -> {
            try (var st = c.createStatement()) {
              st.executeUpdate(attack);
              System.out.println("PROBE " + attack + " -> " + LogVerifier.verify(c).problems());
            }
            c.rollback();
            return 0;
          });
    }
    store.inRead(
        c -> {
          try (var st = c.createStatement()) {
            st.executeUpdate("DELETE FROM audit_private WHERE idx = (SELECT max(idx) FROM audit_private)");
            st.executeUpdate("INSERT INTO audit_private VALUES (3, 999, 0, x'00')");
            System.out.println("PROBE moved private -> " + LogVerifier.verify(c).problems());
          }
          c.rollback();
          return 0;
        });
    log.append(AuditEntry.of(EntryType.READ, Map.of("commit", "x")));
    System.out.println("PROBE forged commit -> " + store.inRead(LogVerifier::verify).problems());
    store.close();
  }
}
