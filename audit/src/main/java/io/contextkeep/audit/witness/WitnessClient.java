package io.contextkeep.audit.witness;

import io.contextkeep.audit.note.MalformedNote;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.note.NoteSignature;
import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.note.Wire;
import io.contextkeep.audit.source.WholeAnswer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The HTTP client of a witness. It accepts only signatures that verify with its known keys. */
public final class WitnessClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int MAX_REPLY = 128_000;

  /** The outcome of a request. */
  sealed interface Answer {
    /** The witness signed. */
    record Cosigned(List<NoteSignature> signatures) implements Answer {
      public Cosigned {
        signatures = List.copyOf(signatures);
      }
    }

    /** The witness remembers another size; nothing was signed. */
    record Conflict(long size) implements Answer {}

    /** The witness refused to sign, or its signature is invalid. */
    record Refused(String why) implements Answer {}

    /** The witness cannot be reached. */
    record Unreachable(String why) implements Answer {}
  }

  private final HttpClient client;
  private final URI submission;
  private final List<VerifierKey> keys;

  /**
   * Creates a client of a witness.
   *
   * @param submission the witness's submission prefix
   */
  public WitnessClient(HttpClient client, URI submission, List<VerifierKey> keys) {
    this.client = client;
    this.submission = URI.create(submission.toString().replaceFirst("/*$", "/") + "add-checkpoint");
    this.keys = List.copyOf(keys);
  }

  List<VerifierKey> keys() {
    return keys;
  }

  /** Returns the witness's name. */
  String name() {
    return keys.getFirst().name();
  }

  Answer add(AddCheckpoint request) {
    try {
      HttpResponse<byte[]> response =
          WholeAnswer.of(
              client,
              HttpRequest.newBuilder(submission)
                  .timeout(TIMEOUT)
                  .POST(HttpRequest.BodyPublishers.ofByteArray(request.body()))
                  .build(),
              TIMEOUT,
              MAX_REPLY);
      return read(
          response, new String(response.body(), StandardCharsets.UTF_8), request.checkpoint());
    } catch (IOException e) {
      return new Answer.Unreachable(String.valueOf(e.getMessage()));
    }
  }

  private Answer read(HttpResponse<byte[]> response, String body, Note checkpoint) {
    int status = response.statusCode();
    boolean size =
        response.headers().firstValue("Content-Type").orElse("").equals("text/x.tlog.size");
    if (status == 409 && size && body.endsWith("\n")) {
      var remembered = Wire.number(body.substring(0, body.length() - 1));
      return remembered.isPresent()
          ? new Answer.Conflict(remembered.getAsLong())
          : new Answer.Refused("its answer 409 does not state a size");
    }
    return status == 200
        ? signatures(body, checkpoint)
        : new Answer.Refused("it answered " + status);
  }

  private Answer signatures(String body, Note checkpoint) {
    List<NoteSignature> signatures = new ArrayList<>();
    try {
      for (String line : body.lines().toList()) {
        NoteSignature signature = NoteSignature.parse(line);
        for (VerifierKey key : keys) {
          if (key.claims(signature)) {
            if (!key.verifies(checkpoint.text(), signature)) {
              return new Answer.Refused("its signature is false");
            }
            signatures.add(signature);
          }
        }
      }
    } catch (MalformedNote e) {
      return new Answer.Refused("its answer is not a signature");
    }
    return signatures.isEmpty()
        ? new Answer.Refused("none of its known keys signed")
        : new Answer.Cosigned(signatures);
  }
}
