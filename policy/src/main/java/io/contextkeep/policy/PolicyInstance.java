package io.contextkeep.policy;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.styra.opa.wasm.OpaWasm_ModuleExports;
import java.nio.charset.StandardCharsets;

/**
 * An instance of a compiled policy with its data loaded, for one thread at a time. Each evaluation
 * is one call of OPA's {@code opa_eval} (ABI 1.2 and later) with a heap that begins behind the
 * data, so that nothing of one question remains for the next.
 */
final class PolicyInstance {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int JSON_FORMAT = 0;

  private final Memory memory;
  private final OpaWasm_ModuleExports policy;
  private final int entrypoint;
  private final int data;
  private final int heap;
  private final Runnable counter;

  /**
   * Loads the data.
   *
   * @param json the policy's data
   * @param counter runs after each evaluation
   */
  PolicyInstance(Instance instance, Memory memory, String json, Runnable counter) {
    this.memory = memory;
    this.counter = counter;
    this.policy = new OpaWasm_ModuleExports(instance);
    this.entrypoint = entrypoint();
    this.data = parsed(json.getBytes(StandardCharsets.UTF_8));
    this.heap = policy.opaHeapPtrGet();
  }

  /**
   * Evaluates the policy.
   *
   * @param input the input document as JSON
   * @return the result set as JSON: empty when the answer is undefined
   * @throws RuntimeException if the policy aborts, its memory does not suffice, or the thread was
   *     interrupted; the instance must not be used again then
   */
  String evaluate(String input) {
    byte[] bytes = input.getBytes(StandardCharsets.UTF_8);
    reserve(heap + bytes.length);
    memory.write(heap, bytes);
    int behind = heap + bytes.length;
    int result = policy.opaEval(0, entrypoint, data, heap, bytes.length, behind, JSON_FORMAT);
    String answer = memory.readCString(result);
    counter.run();
    return answer;
  }

  private void reserve(int end) {
    int missing = end - memory.pages() * Memory.PAGE_SIZE;
    int pages = Math.ceilDiv(missing, Memory.PAGE_SIZE);
    if (pages > 0 && memory.grow(pages) < 0) {
      throw new IllegalStateException("The input exceeds the memory of a policy");
    }
  }

  private int parsed(byte[] json) {
    int text = policy.opaMalloc(json.length);
    memory.write(text, json);
    int value = policy.opaJsonParse(text, json.length);
    policy.opaFree(text);
    if (value == 0) {
      throw new IllegalStateException("The policy cannot parse its data");
    }
    return value;
  }

  private int entrypoint() {
    try {
      String all = memory.readCString(policy.opaJsonDump(policy.entrypoints()));
      JsonNode number = JSON.readTree(all).path(WasmEngine.ENTRYPOINT);
      if (!number.isInt()) {
        throw new IllegalStateException("The policy has no entrypoint " + WasmEngine.ENTRYPOINT);
      }
      return number.intValue();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The policy's list of entrypoints is not JSON", e);
    }
  }
}
