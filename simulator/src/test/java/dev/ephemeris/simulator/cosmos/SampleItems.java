package dev.ephemeris.simulator.cosmos;

/** What the rows of queries.csv are about. */
final class SampleItems {

  static final String TEXT =
      """
      [
        {'id': '1', 'pk': 'a', 'n': 3, 's': 'apple', 'tags': ['x', 'y'], 'o': {'k': 1}},
        {'id': '2', 'pk': 'b', 'n': 1, 's': 'Banana', 'tags': []},
        {'id': '3', 'pk': 'c', 'n': 2.5, 's': 'cherry', 'z': null},
        {'id': '4', 'pk': 'd', 'n': 10, 's': 'date', 'flag': true},
        {'id': '5', 'pk': 'e', 'n': -1, 's': 'elder berry', 'flag': false}
      ]
      """;

  private SampleItems() {}
}
