package dev.holdfast.gateway.limit;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** A list of addresses and networks, as {@code 10.0.0.0/8}, {@code 2001:db8::/32} or {@code 192.0.2.1}. */
final class AddressRanges {
    private final List<IpSubnetFilterRule> ranges;

    /** @throws IllegalArgumentException for what is no address or network; names it */
    AddressRanges(List<String> written) {
        ranges = written.stream().map(String::strip).map(AddressRanges::parse).toList();
    }

    boolean contains(InetAddress address) {
        if (ranges.isEmpty()) {
            return false;
        }
        InetSocketAddress asked = new InetSocketAddress(address, 0);
        return ranges.stream().anyMatch(range -> range.matches(asked));
    }

    private static IpSubnetFilterRule parse(String written) {
        int slash = written.indexOf('/');
        String address = slash < 0 ? written : written.substring(0, slash);
        int bits = NetUtil.isValidIpV4Address(address) ? 32 : NetUtil.isValidIpV6Address(address) ? 128 : -1;
        try {
            int prefix = slash < 0 ? bits : Integer.parseInt(written.substring(slash + 1));
            if (prefix >= 0 && prefix <= bits) {
                return new IpSubnetFilterRule(address, prefix, IpFilterRuleType.ACCEPT);
            }
        } catch (NumberFormatException e) {
            // Told below, as anything else that is no network.
        }
        throw new IllegalArgumentException(
                written + " is neither an address nor a network like 10.0.0.0/8 or 2001:db8::/32");
    }
}
