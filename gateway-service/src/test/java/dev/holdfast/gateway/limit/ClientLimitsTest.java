package dev.holdfast.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bucket4j.TimeMeter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientLimitsTest {
    private static final ClientAddresses ADDRESSES = new ClientAddresses(List.of(), List.of("127.0.0.1"));
    private static final ClientKey.Address ONE = key(1, 1, 1, 1);
    private static final ClientKey.Address OTHER = key(2, 2, 2, 2);
    private static final ClientKey.Address UNLIMITED = key(127, 0, 0, 1);
    private static final ClientKey.Subject ANNA = new ClientKey.Subject("anna");
    private static final Duration WINDOW = Duration.ofSeconds(10);

    private final Clock clock = new Clock();
    private final ClientLimits limits = limits(new ClientPolicy("address", 2, 20, WINDOW));

    @Test
    void aClientMayOpenSoManyConnections() {
        assertThat(limits.admitConnection(ONE)).isTrue();
        assertThat(limits.admitConnection(ONE)).isTrue();
        assertThat(limits.admitConnection(ONE)).isFalse();
        assertThat(limits.admitConnection(OTHER)).isTrue();
        limits.closed(ONE);
        assertThat(limits.admitConnection(ONE)).isTrue();
        assertThat(limits.admitConnection(ONE)).isFalse();
    }

    @Test
    void aClientMayHaveSoManyRequestsUnderWay() {
        Verdict.Admitted first = admitted(ONE);
        admitted(ONE);
        assertThat(admit(ONE)).isEqualTo(new Verdict.Refused(Limit.REQUESTS_AT_ONCE, null, 1));
        admitted(OTHER);
        first.leave();
        admitted(ONE);
        assertThat(admit(ONE)).isInstanceOf(Verdict.Refused.class);
    }

    @Test
    void aClientMaySendSoManyRequestsInAWindowAndEvenlyFromThenOn() {
        sendAll(ONE, 20);
        Verdict.Refused refused = refused(ONE);
        assertThat(refused.limit()).isEqualTo(Limit.REQUEST_RATE);
        assertThat(refused.retryAfterSeconds()).isOne();
        assertThat(refused.quota()).isNotNull();
        assertThat(refused.quota().policyHeader()).isEqualTo("\"address\";q=20;w=10");
        assertThat(refused.quota().header()).isEqualTo("\"address\";r=0;t=10");
        admitted(OTHER).leave();

        clock.pass(Duration.ofMillis(1_000));
        sendAll(ONE, 2);
        assertThat(admit(ONE)).isInstanceOf(Verdict.Refused.class);

        clock.pass(WINDOW);
        sendAll(ONE, 20);
    }

    @Test
    void aRefusedRequestTakesNoPlace() {
        sendAll(ONE, 20);
        for (int i = 0; i < 5; i++) {
            assertThat(refused(ONE).limit()).isEqualTo(Limit.REQUEST_RATE);
        }
        clock.pass(WINDOW);
        admitted(ONE);
        admitted(ONE);
    }

    @Test
    void aClientIsToldWhatIsLeft() {
        Quota quota = admitted(ONE).quota();
        assertThat(quota).isNotNull();
        assertThat(quota.header()).isEqualTo("\"address\";r=19;t=1");
    }

    @Test
    void anIdentityHasLimitsOfItsOwn() {
        sendAll(ONE, 20);
        Quota quota = admitted(ANNA).quota();
        assertThat(quota).isNotNull();
        assertThat(quota.policyHeader()).isEqualTo("\"subject\";q=5;w=10");
    }

    @Test
    void anAddressWithTooManyAnswers401IsNotHeardForAWhile() {
        for (int i = 0; i < 3; i++) {
            admitted(ONE).leave();
            limits.unauthorized(ONE);
        }
        assertThat(admit(ONE)).isEqualTo(new Verdict.Refused(Limit.UNAUTHORIZED, null, 4));
        admitted(OTHER).leave();
        assertThat(limits.admit(ONE, () -> true))
                .isInstanceOfSatisfying(Verdict.Admitted.class, Verdict.Admitted::leave);
        clock.pass(Duration.ofSeconds(4));
        admitted(ONE).leave();
        limits.unauthorized(ONE);
        assertThat(refused(ONE).limit()).isEqualTo(Limit.UNAUTHORIZED);
    }

    @Test
    void anUnlimitedAddressMayDoWhatItWants() {
        for (int i = 0; i < 100; i++) {
            assertThat(limits.admitConnection(UNLIMITED)).isTrue();
            limits.unauthorized(UNLIMITED);
            assertThat(admit(UNLIMITED)).isInstanceOf(Verdict.Unlimited.class);
        }
    }

    @Test
    void aLimitOf0IsNone() {
        ClientLimits without = limits(new ClientPolicy("address", 0, 0, WINDOW));
        assertThat(without.admit(ONE, () -> false)).isInstanceOf(Verdict.Unlimited.class);
        ClientLimits onlyRate = limits(new ClientPolicy("address", 0, 20, WINDOW));
        for (int i = 0; i < 20; i++) {
            assertThat(onlyRate.admit(ONE, () -> false)).isInstanceOf(Verdict.Admitted.class);
        }
        assertThat(onlyRate.admit(ONE, () -> false)).isInstanceOf(Verdict.Refused.class);
    }

    private ClientLimits limits(ClientPolicy address) {
        return new ClientLimits(
                new ClientLimits.Settings(
                        2,
                        address,
                        new ClientPolicy("subject", 1, 5, WINDOW),
                        new ClientPolicy("unauthorized", 0, 3, WINDOW),
                        100),
                clock);
    }

    private void sendAll(ClientKey key, int requests) {
        for (int i = 0; i < requests; i++) {
            admitted(key).leave();
        }
    }

    private Verdict admit(ClientKey key) {
        return switch (key) {
            case ClientKey.Address address -> limits.admit(address, () -> false);
            case ClientKey.Subject subject -> limits.admit(subject);
        };
    }

    private Verdict.Admitted admitted(ClientKey key) {
        Verdict verdict = admit(key);
        assertThat(verdict).isInstanceOf(Verdict.Admitted.class);
        return (Verdict.Admitted) verdict;
    }

    private Verdict.Refused refused(ClientKey key) {
        Verdict verdict = admit(key);
        assertThat(verdict).isInstanceOf(Verdict.Refused.class);
        return (Verdict.Refused) verdict;
    }

    private static ClientKey.Address key(int... bytes) {
        byte[] address = {(byte) bytes[0], (byte) bytes[1], (byte) bytes[2], (byte) bytes[3]};
        try {
            return ADDRESSES.key(InetAddress.getByAddress(address));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static final class Clock implements TimeMeter {
        private long nanos;

        void pass(Duration time) {
            nanos += time.toNanos();
        }

        @Override
        public long currentTimeNanos() {
            return nanos;
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }
}
