package dev.ephemeris.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.simulator.cosmos.CosmosSimulator;
import java.util.List;

/** What is in the account when the demo starts: a shop with orders and payments. */
final class SampleData {

  static final String DATABASE = "shop";
  static final String ORDERS = "orders";
  static final String PAYMENTS = "payments";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> STATUSES = List.of("placed", "paid", "shipped", "delivered");

  /** The order in which somebody has left a connection string. */
  static final int WITH_A_KEY = 1005;

  private SampleData() {}

  /**
   * @param leftBehind an account's key, of nobody's, as people leave them in data
   */
  static void fill(CosmosSimulator simulator, String leftBehind) {
    simulator.createDatabase(DATABASE);
    simulator.createContainer(DATABASE, ORDERS, "/customerId");
    simulator.createContainer(DATABASE, PAYMENTS, "/orderId");
    for (int i = 0; i < 24; i++) {
      simulator.put(DATABASE, ORDERS, order(i, leftBehind));
      simulator.put(DATABASE, PAYMENTS, payment(i));
    }
  }

  private static ObjectNode order(int i, String leftBehind) {
    ObjectNode order = JSON.createObjectNode();
    order.put("id", "order-" + (1001 + i));
    order.put("customerId", "customer-" + (i % 6 + 1));
    order.put("status", STATUSES.get(i % STATUSES.size()));
    order.put("total", 19.9 + 7 * i);
    order.put("currency", "EUR");
    if (i == WITH_A_KEY - 1001) {
      order.put(
          "note",
          "billed by AccountEndpoint=https://billing.documents.azure.com:443/;AccountKey="
              + leftBehind
              + ";");
    }
    return order;
  }

  private static ObjectNode payment(int i) {
    ObjectNode payment = JSON.createObjectNode();
    payment.put("id", "payment-" + (5001 + i));
    payment.put("orderId", "order-" + (1001 + i));
    payment.put("method", i % 2 == 0 ? "card" : "transfer");
    payment.put("amount", 19.9 + 7 * i);
    return payment;
  }
}
