package dev.ephemeris.gateway.journal.sink;

import dev.ephemeris.gateway.journal.sink.SinkAccess.Token;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerTokenCallback;
import org.jspecify.annotations.Nullable;

/**
 * Signs in to brokers with Entra ID's tokens (SASL OAUTHBEARER, RFC 7628), anew before each ends.
 * Kafka makes it by its name, and so what it asks for tokens is among the properties.
 */
public final class EntraLogin implements AuthenticateCallbackHandler {

  private static final String TOKENS = "ephemeris.tokens";

  private @Nullable Tokens tokens;

  /** Where tokens come from. */
  interface Tokens {
    Token get() throws SinkException;
  }

  static Map<String, Object> properties(Tokens tokens) {
    return Map.of(
        SaslConfigs.SASL_MECHANISM,
        OAuthBearerLoginModule.OAUTHBEARER_MECHANISM,
        SaslConfigs.SASL_JAAS_CONFIG,
        OAuthBearerLoginModule.class.getName() + " required;",
        SaslConfigs.SASL_LOGIN_CALLBACK_HANDLER_CLASS,
        EntraLogin.class,
        TOKENS,
        tokens);
  }

  /** For Kafka. */
  public EntraLogin() {}

  /** What Kafka reads of a token. */
  private record Bearer(String value, long lifetimeMs) implements OAuthBearerToken {
    @Override
    public Set<String> scope() {
      return Set.of();
    }

    @Override
    public String principalName() {
      return "ephemeris";
    }

    @Override
    public @Nullable Long startTimeMs() {
      return null;
    }

    @Override
    public String toString() {
      return "Bearer[…]";
    }
  }

  @Override
  public void configure(
      Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> unused) {
    tokens = (Tokens) configs.get(TOKENS);
  }

  @Override
  public void handle(Callback[] callbacks) throws UnsupportedCallbackException {
    for (Callback callback : callbacks) {
      switch (callback) {
        case OAuthBearerTokenCallback wanted -> give(wanted);
        default -> throw new UnsupportedCallbackException(callback);
      }
    }
  }

  private void give(OAuthBearerTokenCallback wanted) {
    Tokens source = tokens;
    if (source == null) {
      throw new IllegalStateException("configured first, by Kafka");
    }
    try {
      Token token = source.get();
      wanted.token(new Bearer(token.value(), token.expiresAt().toEpochMilli()));
    } catch (SinkException e) {
      wanted.error("no_token", e.getMessage(), null);
    }
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}
