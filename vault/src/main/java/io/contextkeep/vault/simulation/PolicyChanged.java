package io.contextkeep.vault.simulation;

/** Another policy came into force while recorded decisions were asked again: begin anew. */
final class PolicyChanged extends RuntimeException {
  private static final long serialVersionUID = 1;
}
