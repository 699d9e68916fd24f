package dev.ephemeris.gateway.sdk;

import com.azure.cosmos.CosmosStoredProcedure;
import com.azure.cosmos.models.CosmosStoredProcedureProperties;
import com.azure.cosmos.models.CosmosStoredProcedureRequestOptions;
import com.azure.cosmos.models.CosmosStoredProcedureResponse;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/** On stored procedures: {@code greet} is there at first. */
final class ScriptCases {

  private static final String BODY = "function () { getContext().getResponse().setBody(1); }";

  private ScriptCases() {}

  static Map<String, Case> all() {
    return Map.of(
        "create-stored-procedure",
        at ->
            JavaAnswers.resource(
                at.orders()
                    .getScripts()
                    .createStoredProcedure(new CosmosStoredProcedureProperties("new", BODY))),
        "list-stored-procedures",
        at ->
            JavaAnswers.resources(
                at.orders().getScripts().readAllStoredProcedures().iterableByPage()),
        "read-stored-procedure",
        at -> JavaAnswers.resource(greet(at).read()),
        "replace-stored-procedure",
        at ->
            JavaAnswers.resource(greet(at).replace(greet(at).read().getProperties().setBody(BODY))),
        "execute-stored-procedure",
        at -> execute(greet(at)),
        "execute-stored-procedure-that-is-missing",
        at -> execute(at.orders().getScripts().getStoredProcedure("none")),
        "delete-stored-procedure",
        at -> JavaAnswers.resource(greet(at).delete()));
  }

  private static CosmosStoredProcedure greet(Place at) {
    return at.orders().getScripts().getStoredProcedure("greet");
  }

  private static JsonNode execute(CosmosStoredProcedure procedure) {
    CosmosStoredProcedureResponse response =
        procedure.execute(
            List.of("Alice"),
            new CosmosStoredProcedureRequestOptions().setPartitionKey(ItemCases.C1));
    return JavaAnswers.single(
        response.getStatusCode(),
        response.getResponseHeaders(),
        SdkWorld.json(response.getResponseAsString()));
  }
}
