package io.contextkeep.vault.analytics.budget;

/**
 * How a budget stands for one analyst.
 *
 * @param limit of all analysts together
 * @param spent by all of them
 * @param share what this analyst may spend in all
 * @param own what this analyst has spent
 */
public record Standing(Cost limit, Cost spent, Cost share, Cost own) {

  /** What this analyst can still spend. */
  public Cost remaining() {
    Cost all = limit.minus(spent);
    Cost mine = share.minus(own);
    return new Cost(Math.min(all.rho(), mine.rho()), Math.min(all.delta(), mine.delta()));
  }

  public Standing after(Cost cost) {
    return new Standing(limit, spent.plus(cost), share, own.plus(cost));
  }

  /** How many questions of that cost it still allows. */
  public long further(Cost cost) {
    Cost left = remaining();
    long byRho = cost.rho() == 0 ? Long.MAX_VALUE : left.rho() / cost.rho();
    return cost.delta() == 0 ? byRho : Math.min(byRho, left.delta() / cost.delta());
  }
}
