package dev.ephemeris.simulator.tls;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Resolves all names below {@code localhost} to this machine (RFC 6761 §6.3), which few systems do;
 * every other name is left to the JDK. The JVM finds it by itself where this module is on the class
 * path.
 */
public final class LoopbackNames extends InetAddressResolverProvider {
  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  @Override
  public InetAddressResolver get(Configuration configuration) {
    return new Resolver(configuration.builtinResolver());
  }

  @Override
  public String name() {
    return "names below localhost";
  }

  private record Resolver(InetAddressResolver builtIn) implements InetAddressResolver {

    @Override
    public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
        throws UnknownHostException {
      return host.toLowerCase(Locale.ROOT).endsWith(".localhost")
          ? Stream.of(InetAddress.getByAddress(host, LOOPBACK))
          : builtIn.lookupByName(host, policy);
    }

    @Override
    public String lookupByAddress(byte[] address) throws UnknownHostException {
      return builtIn.lookupByAddress(address);
    }
  }
}
