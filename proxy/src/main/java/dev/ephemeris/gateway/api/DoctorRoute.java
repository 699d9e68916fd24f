package dev.ephemeris.gateway.api;

import dev.ephemeris.gateway.doctor.Finding;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.Supplier;

/** What is right and wrong with the gateway. */
final class DoctorRoute {

  private final Supplier<Future<List<Finding>>> doctor;

  DoctorRoute(Supplier<Future<List<Finding>>> doctor) {
    this.doctor = doctor;
  }

  void read(RoutingContext context) {
    doctor
        .get()
        .onSuccess(
            findings -> {
              JsonArray json = new JsonArray();
              findings.forEach(finding -> json.add(json(finding)));
              context.json(new JsonObject().put("findings", json));
            })
        .onFailure(context::fail);
  }

  private static JsonObject json(Finding finding) {
    JsonObject json =
        new JsonObject()
            .put("part", finding.part())
            .put("state", finding.state().toString())
            .put("what", finding.what());
    finding.advice().ifPresent(advice -> json.put("advice", advice));
    return json;
  }
}
