package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * Where a row stands in the order of a query's rows. Nothing in it depends on which partitions
 * there are or which rows come before, so that a page goes on after it whatever was split, made or
 * deleted since.
 *
 * @param keys the values that the row is ordered by or grouped by, undefined ones too
 * @param item the number of the item that the row was made from; 0 if there is no such one
 * @param row which of the item's rows it is, from 0
 */
record Position(List<JsonNode> keys, long item, int row) {

  Position {
    keys = List.copyOf(keys);
  }
}
