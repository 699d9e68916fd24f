package dev.ephemeris.gateway.journal;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Records as JSON lines and back. */
final class RecordJson {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .addModule(new Jdk8Module())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .serializationInclusion(JsonInclude.Include.NON_ABSENT)
          .build();

  private RecordJson() {}

  /** One line, its end included. */
  static byte[] line(long sequence, JournalRecord record) {
    ObjectNode line = JSON.createObjectNode();
    line.put("sequence", sequence);
    line.put("type", type(record));
    line.setAll((ObjectNode) JSON.valueToTree(record));
    try {
      byte[] json = JSON.writeValueAsBytes(line);
      byte[] ended = java.util.Arrays.copyOf(json, json.length + 1);
      ended[json.length] = '\n';
      return ended;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of text and numbers is always JSON", e);
    }
  }

  static JournalEntry entry(byte[] line) throws JournalException {
    try {
      // Strictly: what isn't UTF-8 was never written by a gateway, and JSON of bytes may be UTF-16.
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
      if (JSON.readTree(text) instanceof ObjectNode fields
          && fields.path("sequence").isIntegralNumber()
          && fields.path("type").isTextual()) {
        return new JournalEntry(
            fields.path("sequence").longValue(), fields.path("type").textValue(), fields);
      }
    } catch (CharacterCodingException notUtf8) {
      throw new JournalException("not UTF-8", notUtf8);
    } catch (JsonProcessingException notJson) {
      throw new JournalException("not a JSON record", notJson);
    }
    throw new JournalException("not a record: it has no sequence and type");
  }

  private static String type(JournalRecord record) {
    return switch (record) {
      case JournalRecord.PolicyChanged r -> "policyChanged";
      case JournalRecord.CatalogFlawed r -> "catalogFlawed";
      case JournalRecord.SessionStarted r -> "sessionStarted";
      case JournalRecord.SessionEnded r -> "sessionEnded";
      case JournalRecord.ClientRegistered r -> "clientRegistered";
      case JournalRecord.AccessEnded r -> "accessEnded";
      case JournalRecord.AuthenticationFailed r -> "authenticationFailed";
      case JournalRecord.LeaseIssued r -> "leaseIssued";
      case JournalRecord.TokenMinted r -> "tokenMinted";
      case JournalRecord.RoleAssigned r -> "roleAssigned";
      case JournalRecord.RoleUnassigned r -> "roleUnassigned";
      case JournalRecord.RoleDefined r -> "roleDefined";
      case JournalRecord.RoleUndefined r -> "roleUndefined";
      case JournalRecord.LeaseRenewed r -> "leaseRenewed";
      case JournalRecord.LeaseRevoked r -> "leaseRevoked";
      case JournalRecord.BlockLifted r -> "blockLifted";
      case JournalRecord.Decision r -> "decision";
      case JournalRecord.OperationDecided r -> "operationDecided";
      case JournalRecord.RotationProgress r -> "rotationProgress";
      case JournalRecord.AccountChanged r -> "accountChanged";
      case JournalRecord.AccountPanicked r -> "accountPanicked";
      case JournalRecord.CanaryAsked r -> "canaryAsked";
      case JournalRecord.RootKeyAdded r -> "rootKeyAdded";
      case JournalRecord.RootKeyRevoked r -> "rootKeyRevoked";
      case JournalRecord.RequestIntent r -> "requestIntent";
      case JournalRecord.RequestOutcome r -> "requestOutcome";
      case JournalRecord.OutcomeUnknown r -> "outcomeUnknown";
    };
  }
}
