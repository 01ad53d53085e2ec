package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The limits of the shipped configuration, from the client inwards: whoever waits waits longer than what it waits for. */
class BudgetsTest {
    private static final String ORDERS = "order-service";
    private static final String PAYMENTS = "payment-service";
    private static final String MAX_WAIT =
            "order-service/src/main/java/dev/holdfast/order/placement/PlacementConfig.java";
    private static final String RETRY = "order-service/src/main/java/dev/holdfast/order/payments/PaymentsReplicas.java";
    private static final String TURNS = "payment-service/src/main/java/dev/holdfast/payment/AccountTurns.java";
    private static final String BULKHEAD = "rest-contract/src/main/java/dev/holdfast/rest/DatabaseBulkheadConfig.java";
    private static final String BROKER = "event-delivery/src/main/java/dev/holdfast/delivery/Broker.java";
    private static final String GATEWAY = "gateway-service/src/main/java/dev/holdfast/gateway/GatewayConfig.java";

    @ParameterizedTest
    @ValueSource(strings = {ORDERS, PAYMENTS})
    void aLockIsWaitedForLessLongThanAStatementMayTake(String service) {
        assertThat(url(service, "lock_timeout")).isLessThan(statement(service));
        assertThat(statement(service)).isLessThan(url(service, "socketTimeout"));
    }

    /**
     * Also where it waits for its turn at an account, for the bulkhead, and, for the usual statement and then for the unusual
     * one, for a connection and for a lock.
     */
    @Test
    void paymentsAnswersBeforeOrderServiceGivesUp() {
        assertThat(database(PAYMENTS)).isLessThan(readTimeout());
        Duration turn = Duration.ofMillis(number(TURNS, "WAIT_MAX = Duration.ofMillis\\((\\d+)\\)"));
        Duration bulkhead =
                Duration.ofMillis(number(BULKHEAD, "WithDefault\\(\"(\\d+)ms\"\\)\\s+Duration bulkheadWait"));
        Duration acquisition = database(PAYMENTS).minus(statement(PAYMENTS));
        Duration statement = acquisition.plus(url(PAYMENTS, "lock_timeout"));
        assertThat(turn.plus(bulkhead).plus(statement.multipliedBy(2))).isLessThan(readTimeout());
    }

    /** Else what a frozen replica has locked is delivered to the others before it is free. */
    @ParameterizedTest
    @ValueSource(strings = {ORDERS, PAYMENTS})
    void aFrozenReplicaGivesItsLocksBackBeforeTheBrokerGivesItsMessagesToAnother(String service) {
        Duration heartbeat = Duration.ofSeconds(number(BROKER, "HEARTBEAT_SECONDS = (\\d+)"));
        assertThat(url(service, "idle_in_transaction_session_timeout")).isLessThan(heartbeat.multipliedBy(2));
    }

    /** Its turn, the look-up of its key, the hold with its retries, the statement that stores it, and giving it up. */
    @Test
    void orderServiceAnswersBeforeTheGatewayGivesUp() {
        Duration turn = Duration.ofSeconds(number(MAX_WAIT, "WithDefault\\(\"(\\d+)s\"\\)\\s+Duration maxWait"));
        Duration hold = Duration.ofSeconds(number(RETRY, "maxDuration = (\\d+)"))
                .plusMillis(Long.parseLong(setting(ORDERS, "quarkus.rest-client.payments.connect-timeout")))
                .plus(readTimeout());
        Duration all = turn.plus(hold).plus(database(ORDERS).multipliedBy(3));
        assertThat(all).isLessThan(gateway());
    }

    @Test
    void theGatewayAnswersBeforeItsClientsDo() {
        Duration waiting = Duration.ofSeconds(number(GATEWAY, "WithDefault\\(\"(\\d+)S\"\\)\\s+Duration waitTimeout"));
        // What docs/reliability.md promises.
        assertThat(gateway().plus(waiting)).isLessThan(Duration.ofSeconds(20));
    }

    /** Consumer, relay, compensations and sweeps have a connection whatever requests do. */
    @Test
    void requestsLeaveConnectionsToTheBackground() {
        int requests = Integer.parseInt(setting(ORDERS, "holdfast.database.bulkhead"))
                + Integer.parseInt(setting(ORDERS, "holdfast.placement.statements"))
                + Integer.parseInt(setting(ORDERS, "holdfast.placement.single-orders"));
        assertThat(requests + 4)
                .isLessThanOrEqualTo(Integer.parseInt(setting(ORDERS, "quarkus.datasource.jdbc.max-size")));
    }

    private static Duration database(String service) {
        String acquisition = setting(service, "quarkus.datasource.jdbc.acquisition-timeout");
        assertThat(acquisition).endsWith("ms");
        return statement(service).plusMillis(Long.parseLong(acquisition.replace("ms", "")));
    }

    private static Duration statement(String service) {
        return url(service, "statement_timeout");
    }

    private static Duration readTimeout() {
        return Duration.ofMillis(Long.parseLong(setting(ORDERS, "quarkus.rest-client.payments.read-timeout")));
    }

    private static Duration gateway() {
        return Duration.ofSeconds(number(GATEWAY, "WithDefault\\(\"(\\d+)S\"\\)\\s+Duration responseTimeout"));
    }

    private static Duration url(String service, String limit) {
        String url = setting(service, "quarkus.datasource.jdbc.url");
        long number = find(url, limit + "=(\\d+)");
        return url.contains(limit + '=' + number + "ms") ? Duration.ofMillis(number) : Duration.ofSeconds(number);
    }

    private static String setting(String service, String name) {
        Properties settings = new Properties();
        try (Reader file =
                Files.newBufferedReader(Path.of("..", service, "src/main/resources/application.properties"))) {
            settings.load(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return settings.getProperty(name);
    }

    private static long number(String file, String pattern) {
        try {
            return find(Files.readString(Path.of("..", file)), pattern);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static long find(String text, String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        assertThat(found.find()).as(pattern).isTrue();
        return Long.parseLong(found.group(1));
    }
}
