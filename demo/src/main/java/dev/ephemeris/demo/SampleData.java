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

  private SampleData() {}

  static void fill(CosmosSimulator simulator) {
    simulator.createDatabase(DATABASE);
    simulator.createContainer(DATABASE, ORDERS, "/customerId");
    simulator.createContainer(DATABASE, PAYMENTS, "/orderId");
    for (int i = 0; i < 24; i++) {
      simulator.put(DATABASE, ORDERS, order(i));
      simulator.put(DATABASE, PAYMENTS, payment(i));
    }
  }

  private static ObjectNode order(int i) {
    ObjectNode order = JSON.createObjectNode();
    order.put("id", "order-" + (1001 + i));
    order.put("customerId", "customer-" + (i % 6 + 1));
    order.put("status", STATUSES.get(i % STATUSES.size()));
    order.put("total", 19.9 + 7 * i);
    order.put("currency", "EUR");
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
