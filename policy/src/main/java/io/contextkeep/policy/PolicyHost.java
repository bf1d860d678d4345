package io.contextkeep.policy;

import com.dylibso.chicory.runtime.Memory;
import com.styra.opa.wasm.OpaWasm_Env;
import com.styra.opa.wasm.OpaWasm_ModuleImports;

/**
 * The host of a compiled policy, which provides memory and nothing else. A policy that calls a
 * built-in function of the host fails, as its result would not depend on its input alone.
 */
record PolicyHost(Memory memory) implements OpaWasm_ModuleImports, OpaWasm_Env {

  @Override
  public OpaWasm_Env env() {
    return this;
  }

  @Override
  public void opaAbort(int address) {
    throw new IllegalStateException("The policy aborted: " + memory.readCString(address));
  }

  @Override
  public int opaBuiltin0(int builtin, int context) {
    throw unsupported(builtin);
  }

  @Override
  public int opaBuiltin1(int builtin, int context, int a) {
    throw unsupported(builtin);
  }

  @Override
  public int opaBuiltin2(int builtin, int context, int a, int b) {
    throw unsupported(builtin);
  }

  @Override
  public int opaBuiltin3(int builtin, int context, int a, int b, int c) {
    throw unsupported(builtin);
  }

  @Override
  public int opaBuiltin4(int builtin, int context, int a, int b, int c, int d) {
    throw unsupported(builtin);
  }

  private static IllegalStateException unsupported(int builtin) {
    return new IllegalStateException("The policy called the host's built-in function " + builtin);
  }
}
