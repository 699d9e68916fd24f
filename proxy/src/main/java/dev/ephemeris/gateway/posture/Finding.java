package dev.ephemeris.gateway.posture;

import dev.ephemeris.gateway.doctor.Finding.State;
import java.util.List;
import java.util.Locale;

/**
 * Something about an account that should be otherwise, or isn't known. Holds no secret.
 *
 * @param state how much of a reason to act it is; {@link State#OK} never
 * @param what is so: a sentence
 * @param why it matters for this account: a sentence or two, with what to do where no line says it
 */
public record Finding(Code code, State state, String what, String why, List<Fix> fixes) {

  /** What kind it is; docs/posture.md explains each. */
  public enum Code {
    LOCAL_AUTH,
    LOCAL_AUTH_NEEDED,
    KEYS_CHANGE_METADATA,
    KEY_AGE,
    PUBLIC_NETWORK,
    ALL_OF_AZURE,
    WIDE_RANGE,
    FIREWALL_BYPASS,
    UNREACHABLE,
    PRIVATE_TO_CLIENTS,
    PENDING_ENDPOINT,
    NETWORK_NOT_KNOWN,
    TLS,
    FOREIGN_ASSIGNMENT,
    LEFT_ASSIGNMENT,
    DATA_PLANE_LOGS,
    CONTROL_PLANE_LOGS,
    SETTINGS_NOT_KNOWN,
    ROLES_NOT_KNOWN,
    LOGS_NOT_KNOWN;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public Finding {
    fixes = List.copyOf(fixes);
  }
}
