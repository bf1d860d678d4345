package io.contextkeep.vault.web;

import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;

/**
 * A request that has a place, under the id that the vault gave it. What it holds is given back when
 * it is answered; its place already while it waits for its body, which costs no work.
 */
final class Admitted {
  private final RoutingContext routing;
  private final String id;
  private final Semaphore places;
  private final Deque<Runnable> held = new ArrayDeque<>();
  private boolean placed = true;
  private volatile long at = System.nanoTime();

  /**
   * @param places where the caller has taken one for it
   */
  Admitted(RoutingContext routing, String id, Semaphore places) {
    this.routing = routing;
    this.id = id;
    this.places = places;
  }

  RoutingContext routing() {
    return routing;
  }

  HttpServerRequest request() {
    return routing.request();
  }

  /** The event loop of its connection; to be called there. */
  Context loop() {
    return routing.vertx().getOrCreateContext();
  }

  String id() {
    return id;
  }

  /** When all that the answer depends on had arrived, by {@link System#nanoTime}. */
  long at() {
    return at;
  }

  /** Keeps something until the request is answered. */
  synchronized void holds(Runnable giveBack) {
    held.push(giveBack);
  }

  synchronized void stepAside() {
    if (placed) {
      placed = false;
      places.release();
    }
  }

  /** Takes a place again, if there is one. */
  synchronized boolean stepBack() {
    placed = placed || places.tryAcquire();
    at = System.nanoTime();
    return placed;
  }

  /** Gives everything back. */
  synchronized void leave() {
    held.forEach(Runnable::run);
    held.clear();
    stepAside();
  }
}
