package io.contextkeep.audit.verify;

import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.MalformedNote;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.source.LogSource;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The checkpoints that a log shows up to a size, oldest first, read as they are needed; the one of
 * that size is among them whether or not the log shows it again.
 */
final class History {
  private final LogSource log;
  private final Deque<Shown> read = new ArrayDeque<>();
  private final Note last;
  private long after;
  private boolean ended;

  private record Shown(String note, long size) {
    static Shown of(String note, long after) {
      try {
        return new Shown(note, History.size(Note.parse(note)));
      } catch (MalformedNote e) {
        throw new MalformedNote(
            "a checkpoint after the one at size " + after + " is malformed: " + e.getMessage());
      }
    }
  }

  /** Returns the checkpoints of a log up to and including one. */
  History(LogSource log, Note last) {
    this.log = log;
    this.last = last;
  }

  /** Returns whether there are more. */
  boolean hasNext() throws IOException {
    if (read.isEmpty() && !ended) {
      more();
    }
    return !read.isEmpty();
  }

  /** Returns the size of the next one. */
  long size() {
    return read.element().size();
  }

  /** Returns the next one as the log shows it. */
  String next() {
    return read.remove().note();
  }

  private void more() throws IOException {
    long before = after;
    long end = size(last);
    for (String note : Bundle.notes(log.checkpoints(after))) {
      Shown shown = Shown.of(note, after);
      if (shown.size() > before && shown.size() <= end) {
        read.add(shown);
        after = shown.size();
      }
    }
    ended = after == before || after == end;
    if (ended
        && (read.isEmpty() || !Note.parse(read.getLast().note()).text().equals(last.text()))) {
      read.add(new Shown(last.toString(), end));
    }
  }

  private static long size(Note note) {
    return Checkpoint.parse(note.text()).size();
  }
}
