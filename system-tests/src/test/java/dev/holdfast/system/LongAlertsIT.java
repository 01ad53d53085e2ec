package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.system.watching.Prometheus;
import dev.holdfast.system.watching.Watched;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The whole table: each alert, the fault that raises it, and how soon. For whoever runs Maven with {@code -Pfaults}. */
@EnabledIfSystemProperty(named = "holdfast.faults.options", matches = "\\S.*")
class LongAlertsIT {
    /** They tell of load or of hours; promtool tests them. */
    private static final Set<String> NOT_RAISED = Set.of(
            "HoldfastReconciliationOld",
            "HoldfastVerificationOld",
            "HoldfastOrdersSlow",
            "HoldfastQueueBacklog",
            "HoldfastDatabaseConnections");

    private static final List<String> OF_CERTIFICATES =
            List.of("HoldfastCertificateExpires", "HoldfastCertificatesRefused");

    @Test
    void eachAlertIsRaisedByItsFaultWithinTwoMinutes() throws Exception {
        List<AlertFault> all = new ArrayList<>();
        try (StackUnderTest stack = StackUnderTest.start(1, System.out::println);
                Prometheus prometheus = new Prometheus(stack)) {
            RaisedAlerts alerts = new RaisedAlerts(prometheus);
            for (List<AlertFault> together : phases(stack)) {
                alerts.assertRaisedBy(together);
                all.addAll(together);
            }
            System.out.print(alerts.table());
        }
        assertThat(Stream.concat(all.stream().flatMap(fault -> fault.alerts().stream()), OF_CERTIFICATES.stream()))
                .as("every alert but those of load and of hours")
                .containsAll(Watched.alerts().stream()
                        .map(alert -> alert.get("alert").asText())
                        .filter(alert -> !NOT_RAISED.contains(alert))
                        .toList());
    }

    /** What is broken stays so: the next is worse. */
    private static List<List<AlertFault>> phases(StackUnderTest stack) {
        EventFaults events = new EventFaults(stack);
        ServiceFaults services = new ServiceFaults(stack);
        ClientFaults clients = new ClientFaults(stack);
        List<AlertFault> first = List.of(
                clients.tooManyConnections(),
                clients.requestsWithoutToken(),
                clients.unendedRequests(),
                clients.thousandsOfConnections(),
                services.otherAmount(finishedOrder(stack)),
                services.otherTransfer(Door.GATEWAY.open(stack).openAccount("3.00")),
                events.foreignMessage(),
                events.orderWithoutEvent(),
                events.unstorableDeadLetter(),
                events.deletedQueue(),
                services.lockedAccount(),
                services.noKeys());
        return List.of(
                first,
                List.of(services.noReconciliation()),
                List.of(events.memoryAlarm(), services.killedOrderService(), services.stoppedDatabase()));
    }

    private static UUID finishedOrder(StackUnderTest stack) {
        Shop shop = Door.GATEWAY.open(stack);
        UUID user = shop.openAccount("10.00");
        UUID order = UUID.fromString(shop.placeOrder(user, "1.00").expect(201).text("id"));
        shop.awaitStatus(user, order, "FINISHED");
        return order;
    }

    @Test
    void certificatesThatExpireOrCannotBeUsedAreToldOf() throws Exception {
        try (TlsStack tls = new TlsStack();
                Prometheus prometheus = new Prometheus(tls.stack)) {
            RaisedAlerts alerts = new RaisedAlerts(prometheus);
            alerts.assertRaisedBy(List.of(
                    new AlertFault(
                            "payment-service has a certificate for five days",
                            List.of("HoldfastCertificateExpires"),
                            () -> {
                                tls.own.issueFor(Duration.ofDays(5), "payment-service", tls.tls.directory());
                                return () -> {};
                            }),
                    new AlertFault(
                            "order-service's new certificate is broken", List.of("HoldfastCertificatesRefused"), () -> {
                                Files.writeString(tls.tls.directory().resolve("order-service.crt"), "broken");
                                return () -> {};
                            })));
            System.out.print(alerts.table());
            assertThat(Watched.selectors().stream().filter(selector -> selector.startsWith("holdfast_tls_")))
                    .isNotEmpty()
                    .allMatch(prometheus::has);
        }
    }
}
