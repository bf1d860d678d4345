package io.contextkeep.vault.analytics;

/**
 * The standing of a budget for one analyst.
 *
 * @param limit the limit of all analysts
 * @param spent the spending of all analysts
 * @param share this analyst's limit
 * @param own the spending of this analyst
 */
record Standing(Cost limit, Cost spent, Cost share, Cost own) {

  /** Returns what this analyst can still spend. */
  public Cost remaining() {
    Cost all = limit.minus(spent);
    Cost mine = share.minus(own);
    return new Cost(Math.min(all.rho(), mine.rho()), Math.min(all.delta(), mine.delta()));
  }

  public Standing after(Cost cost) {
    return new Standing(limit, spent.plus(cost), share, own.plus(cost));
  }

  /** Returns how many questions of a cost still fit. */
  public long further(Cost cost) {
    Cost left = remaining();
    long byRho = cost.rho() == 0 ? Long.MAX_VALUE : left.rho() / cost.rho();
    return cost.delta() == 0 ? byRho : Math.min(byRho, left.delta() / cost.delta());
  }
}
