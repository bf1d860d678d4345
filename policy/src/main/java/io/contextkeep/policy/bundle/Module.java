package io.contextkeep.policy.bundle;

import com.dylibso.chicory.runtime.ByteArrayMemory;
import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.ExportSection;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.styra.opa.wasm.OpaWasm;
import io.contextkeep.policy.CompiledPolicy;
import io.contextkeep.policy.WasmEngine;
import io.contextkeep.policy.bundle.BundleRejected.Step;
import java.io.ByteArrayInputStream;
import java.util.Set;

/** The WebAssembly module of a policy, with its exports and imports. */
final class Module {
  /** The version of OPA's ABI that the vault supports. */
  private static final int ABI = 1;

  private static final int ABI_MINOR = 3;

  private static final Set<String> IMPORTS =
      Set.of(
          "memory",
          "opa_abort",
          "opa_println",
          "opa_builtin0",
          "opa_builtin1",
          "opa_builtin2",
          "opa_builtin3",
          "opa_builtin4");

  private Module() {}

  /** Makes all checks of the module, in order. */
  static void check(byte[] wasm) throws BundleRejected {
    WasmModule module = parse(wasm);
    abi(module);
    try {
      asks(wasm);
    } catch (RuntimeException e) {
      throw new BundleRejected(Step.ABI, "The module does not start", e);
    }
    compile(wasm);
  }

  private static WasmModule parse(byte[] wasm) throws BundleRejected {
    try {
      return Parser.parse(wasm);
    } catch (RuntimeException e) {
      throw new BundleRejected(Step.ABI, "policy.wasm is not WebAssembly", e);
    }
  }

  private static void abi(WasmModule module) throws BundleRejected {
    if (global(module, "opa_wasm_abi_version") != ABI
        || global(module, "opa_wasm_abi_minor_version") != ABI_MINOR) {
      throw new BundleRejected(
          Step.ABI, "The module must have OPA's WebAssembly ABI " + ABI + "." + ABI_MINOR);
    }
    boolean known =
        module.importSection().stream()
            .allMatch(wanted -> wanted.module().equals("env") && IMPORTS.contains(wanted.name()));
    if (!known) {
      throw new BundleRejected(Step.IMPORTS, "The module has an unexpected import");
    }
  }

  /** Returns the initial constant of an exported global, or -1. */
  private static long global(WasmModule module, String name) {
    ExportSection exports = module.exportSection();
    for (int i = 0; i < exports.exportCount(); i++) {
      if (exports.getExport(i).name().equals(name)
          && exports.getExport(i).index() < module.globalSection().globalCount()) {
        var begins = module.globalSection().getGlobal(exports.getExport(i).index());
        return begins.initInstructions().getFirst().operand(0);
      }
    }
    return -1;
  }

  /** Checks the entrypoint, and that no built-in function of the host is needed. */
  private static void asks(byte[] wasm) throws BundleRejected {
    OpaWasm running =
        OpaWasm.builder()
            .withInputStream(new ByteArrayInputStream(wasm))
            .withJsonMapper(StructuredHash.JSON)
            .withYamlMapper(StructuredHash.JSON)
            .withDefaultBuiltins(false)
            .withMemory(new ByteArrayMemory(new MemoryLimits(10, WasmEngine.MAX_PAGES)))
            .disableCompiler()
            .build();
    if (!dump(running, running.exports().entrypoints()).has(WasmEngine.ENTRYPOINT)) {
      throw new BundleRejected(
          Step.ENTRYPOINT, "The policy has no entrypoint " + WasmEngine.ENTRYPOINT);
    }
    if (!dump(running, running.exports().builtins()).isEmpty()) {
      throw new BundleRejected(
          Step.IMPORTS, "The policy uses built-in functions of its host, such as a clock");
    }
  }

  private static JsonNode dump(OpaWasm running, int address) throws BundleRejected {
    try {
      return StructuredHash.JSON.readTree(running.readString(address));
    } catch (JsonProcessingException e) {
      throw new BundleRejected(Step.ABI, "The module's description is malformed", e);
    }
  }

  /** Checks that every function can be compiled, as interpreted code is a hundred times slower. */
  private static void compile(byte[] wasm) throws BundleRejected {
    try {
      CompiledPolicy.of(wasm);
    } catch (ChicoryException | IllegalStateException e) {
      throw new BundleRejected(
          Step.COMPILE, "A rule is too large to be compiled; build with -O 0", e);
    }
  }
}
