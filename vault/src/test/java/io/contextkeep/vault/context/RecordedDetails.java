package io.contextkeep.vault.context;

import io.contextkeep.policy.Question;
import io.contextkeep.policy.RecordedQuestion;
import java.util.Map;
import java.util.TreeMap;

/** The details of a decision's log entry, for tests in other packages. */
public final class RecordedDetails {

  private RecordedDetails() {}

  /** Returns the details that hold a question. */
  public static Map<String, Object> of(Question question) {
    TreeMap<String, Object> details = new TreeMap<>();
    RecordedQuestion recorded = RecordedQuestion.of(question);
    QuestionRecord.put(details, QuestionCodec.encode(recorded.input()), recorded.events());
    return details;
  }
}
