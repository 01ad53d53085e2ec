package dev.holdfast.gateway.limit;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which address a request comes from, as far as anybody who is trusted can tell. */
public final class ClientAddresses {
    private final AddressRanges trustedProxies;
    private final AddressRanges unlimited;

    /**
     * @param trustedProxies the addresses and networks whose {@code X-Forwarded-For} is believed
     * @param unlimited those that no limit per client holds for
     * @throws IllegalArgumentException for what is neither an address nor a network
     */
    public ClientAddresses(List<String> trustedProxies, List<String> unlimited) {
        this.trustedProxies = new AddressRanges(trustedProxies);
        this.unlimited = new AddressRanges(unlimited);
    }

    public boolean isTrustedProxy(InetAddress peer) {
        return trustedProxies.contains(peer);
    }

    /** The key of a client that is connected directly. */
    public ClientKey.Address key(InetAddress address) {
        return ClientKey.Address.of(address, !unlimited.contains(address));
    }

    /**
     * The nearest hop that is no trusted proxy: each proxy adds the one that it was called by, so all before that hop may be
     * made up. A hop that is no address ends the search, and the proxy that named it stands for its clients.
     *
     * @param proxy a {@linkplain #isTrustedProxy trusted} one, which sent the request
     * @param forwardedFor the values of {@code X-Forwarded-For} in the order in which they were sent
     */
    public ClientKey.Address client(InetAddress proxy, List<String> forwardedFor) {
        InetAddress nearest = proxy;
        for (int line = forwardedFor.size() - 1; line >= 0; line--) {
            String hops = forwardedFor.get(line);
            int end = hops.length();
            while (end >= 0) {
                int comma = hops.lastIndexOf(',', end - 1);
                InetAddress hop = parse(hops.substring(comma + 1, end).strip());
                if (hop == null) {
                    return key(nearest);
                }
                nearest = hop;
                if (!trustedProxies.contains(hop)) {
                    return key(nearest);
                }
                end = comma;
            }
        }
        return key(nearest);
    }

    /** Some proxies add the port: {@code 192.0.2.1:4711}, {@code [2001:db8::1]:4711}. Names are never looked up. */
    private static @Nullable InetAddress parse(String hop) {
        int colon = hop.indexOf(':');
        String address = hop;
        if (hop.startsWith("[") && hop.indexOf(']') > 0) {
            address = hop.substring(1, hop.indexOf(']'));
        } else if (colon >= 0 && colon == hop.lastIndexOf(':')) {
            address = hop.substring(0, colon);
        }
        return NetUtil.createInetAddressFromIpAddressString(address);
    }
}
