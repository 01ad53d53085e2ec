package dev.holdfast.gateway.limit;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** Whom a limit is kept for. */
public sealed interface ClientKey {
    /**
     * All that is known of a client before its identity is.
     *
     * @param network its address, of IPv6 the /64 that it is in: whoever has one such address has all of them
     * @param limited false for the addresses that the configuration takes out of all limits per client
     */
    record Address(InetAddress network, boolean limited) implements ClientKey {
        private static final int IPV6_NETWORK_BYTES = 8;

        static Address of(InetAddress address, boolean limited) {
            return new Address(address instanceof Inet6Address ? network(address) : address, limited);
        }

        private static InetAddress network(InetAddress address) {
            byte[] bytes = address.getAddress();
            Arrays.fill(bytes, IPV6_NETWORK_BYTES, bytes.length, (byte) 0);
            try {
                return InetAddress.getByAddress(bytes);
            } catch (UnknownHostException e) {
                throw new IllegalStateException("16 bytes are an address", e);
            }
        }
    }

    /**
     * A client that has proved who it is.
     *
     * @param subject what its token calls it, unique among all that the gateway takes tokens of
     */
    record Subject(String subject) implements ClientKey {}
}
