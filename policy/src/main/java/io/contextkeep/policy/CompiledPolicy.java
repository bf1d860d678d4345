package io.contextkeep.policy;

import com.dylibso.chicory.compiler.InterpreterFallback;
import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.ByteArrayMemory;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.contextkeep.ontology.Sha256;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * A policy's WebAssembly as Java bytecode. Compiling takes most of a second of processor time and
 * depends on the module's bytes alone, so each module is compiled once in a JVM. Its instances
 * share code that is already warm; they share no memory.
 */
public final class CompiledPolicy {
  /** Enough for the policy in force, a candidate, and those in replays. */
  private static final int MAX_MODULES = 8;

  /** The memory that an instance starts with, in WebAssembly pages of 64 KiB. */
  private static final int FIRST_PAGES = 10;

  private static final Cache<String, CompiledPolicy> COMPILED =
      Caffeine.newBuilder().maximumSize(MAX_MODULES).build();

  private final WasmModule module;
  private final Function<Instance, Machine> machines;
  private final LongAdder evaluations = new LongAdder();

  private CompiledPolicy(WasmModule module, Function<Instance, Machine> machines) {
    this.module = module;
    this.machines = machines;
  }

  /** Takes the code from the cache, or compiles it and keeps it there. */
  static CompiledPolicy compiled(byte[] wasm, com.dylibso.chicory.compiler.Cache cache) {
    WasmModule module = Parser.parse(wasm);
    return new CompiledPolicy(
        module,
        MachineFactoryCompiler.builder(module)
            .withInterpreterFallback(InterpreterFallback.FAIL)
            .withCache(cache)
            .compile());
  }

  /**
   * Returns the compiled module, from a cache if possible.
   *
   * @throws ChicoryException if it is not WebAssembly, or a function cannot be compiled
   * @throws IllegalStateException if it has a function that only the interpreter could run, a
   *     hundred times slower
   */
  public static CompiledPolicy of(byte[] wasm) {
    return COMPILED.get(Sha256.hex(wasm), _ -> compiled(wasm, new BuiltCode()));
  }

  /**
   * Makes an instance that evaluates {@link WasmEngine#ENTRYPOINT} with this data.
   *
   * @param data the policy's data document as JSON
   */
  PolicyInstance instance(String data) {
    var memory = new ByteArrayMemory(new MemoryLimits(FIRST_PAGES, WasmEngine.MAX_PAGES));
    Instance instance =
        Instance.builder(module)
            .withImportValues(new PolicyHost(memory).toImportValues())
            .withMachineFactory(machines)
            .build();
    return new PolicyInstance(instance, memory, data, evaluations::increment);
  }

  /** Returns the number of evaluations by all instances, with any data. */
  long evaluations() {
    return evaluations.sum();
  }
}
