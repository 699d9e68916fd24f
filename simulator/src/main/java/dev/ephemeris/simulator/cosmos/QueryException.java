package dev.ephemeris.simulator.cosmos;

/** That a query, well formed as it is, can't be computed over the items that it met. */
final class QueryException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String why;

  QueryException(String why) {
    super(why);
    this.why = why;
  }

  Answer answer() {
    return Answer.badRequest(why);
  }
}
