package dev.holdfast.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressesTest {
    private final ClientAddresses addresses =
            new ClientAddresses(List.of("10.0.0.0/8", " 2001:db8::/32", "192.0.2.1"), List.of("198.51.100.7"));

    @ParameterizedTest
    @CsvSource({
        "10.255.0.1, true",
        "11.0.0.1, false",
        "192.0.2.1, true",
        "192.0.2.2, false",
        "2001:db8:1::1, true",
        "2001:db9::1, false",
        "::ffff:10.0.0.1, true"
    })
    void aProxyIsTrustedWhereItsAddressIsListed(String peer, boolean trusted) {
        assertThat(addresses.isTrustedProxy(address(peer))).isEqualTo(trusted);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "203.0.113.9 | 203.0.113.9",
                "6.6.6.6, 203.0.113.9 | 203.0.113.9",
                "6.6.6.6, 203.0.113.9, 10.1.1.1 | 203.0.113.9",
                "10.2.2.2, 10.1.1.1 | 10.2.2.2",
                "203.0.113.9:4711 | 203.0.113.9",
                "[2001:db9::1]:4711 | 2001:db9::",
                "2001:db9::1 | 2001:db9::",
                "203.0.113.9, unknown | 10.0.0.1",
                "203.0.113.9, , 10.1.1.1 | 10.1.1.1",
                "localhost | 10.0.0.1",
            })
    void theClientIsTheNearestHopThatIsNoTrustedProxy(String forwardedFor, String client) {
        assertThat(addresses.client(address("10.0.0.1"), List.of(forwardedFor)).network())
                .isEqualTo(address(client));
    }

    @Test
    void severalHeadersAreOneList() {
        assertThat(addresses
                        .client(address("10.0.0.1"), List.of("6.6.6.6", "203.0.113.9, 10.1.1.1", "10.3.3.3"))
                        .network())
                .isEqualTo(address("203.0.113.9"));
    }

    @Test
    void aProxyThatNamesNobodyStandsForItsClients() {
        assertThat(addresses.client(address("10.0.0.1"), List.of()).network()).isEqualTo(address("10.0.0.1"));
    }

    @Test
    void allAddressesOfOneIpv6NetworkAreOneClient() {
        assertThat(addresses.key(address("2001:db9::1:2:3:4"))).isEqualTo(addresses.key(address("2001:db9::9")));
        assertThat(addresses.key(address("2001:db9:0:1::1"))).isNotEqualTo(addresses.key(address("2001:db9::1")));
    }

    @Test
    void onlyListedAddressesAreUnlimited() {
        assertThat(addresses.key(address("198.51.100.7")).limited()).isFalse();
        assertThat(addresses.key(address("198.51.100.8")).limited()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "2001:db8::/129", "10.0.0/8"})
    void whatIsNoNetworkIsRefusedByName(String written) {
        assertThatThrownBy(() -> new ClientAddresses(List.of(written), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(written);
    }

    private static InetAddress address(String written) {
        return Objects.requireNonNull(NetUtil.createInetAddressFromIpAddressString(written));
    }
}
