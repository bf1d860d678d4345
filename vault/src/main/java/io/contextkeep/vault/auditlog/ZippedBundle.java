package io.contextkeep.vault.auditlog;

import io.contextkeep.audit.verify.Bundle;
import io.contextkeep.vault.db.Db;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** An evidence bundle as a zip archive of the directory that verifiers read. */
final class ZippedBundle implements Bundle.Target {
  private final ZipOutputStream zip;

  private ZippedBundle(ZipOutputStream zip) {
    this.zip = zip;
  }

  static void write(Db db, OutputStream out) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    Bundle.write(db, new ZippedBundle(zip), _ -> {});
    zip.finish();
  }

  @Override
  public void put(String name, byte[] bytes) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(bytes);
    zip.closeEntry();
  }

  @Override
  public OutputStream open(String name) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    return new FilterOutputStream(zip) {
      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        zip.write(bytes, from, length);
      }

      @Override
      public void close() throws IOException {
        zip.closeEntry();
      }
    };
  }
}
