package io.contextkeep.vault.web;

import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;

/**
 * A request that has a place, with the id that the vault gave it. What it holds is released when it
 * is answered; its place is also released while it waits for its body.
 */
final class Admitted {
  private final RoutingContext routing;
  private final String id;
  private final Semaphore places;
  private final Deque<Runnable> held = new ArrayDeque<>();
  private boolean placed = true;
  private volatile long at = System.nanoTime();

  /**
   * @param places the semaphore from which its place was taken
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

  /** Returns the event loop of its connection; call it there. */
  Context loop() {
    return routing.vertx().getOrCreateContext();
  }

  String id() {
    return id;
  }

  /** Returns the {@link System#nanoTime} at which the whole request had arrived. */
  long at() {
    return at;
  }

  /** Holds something until the request is answered. */
  synchronized void holds(Runnable giveBack) {
    held.push(giveBack);
  }

  synchronized void stepAside() {
    if (placed) {
      placed = false;
      places.release();
    }
  }

  /** Takes a place again, if one is free. */
  synchronized boolean stepBack() {
    placed = placed || places.tryAcquire();
    at = System.nanoTime();
    return placed;
  }

  /** Releases everything. */
  synchronized void leave() {
    held.forEach(Runnable::run);
    held.clear();
    stepAside();
  }
}
