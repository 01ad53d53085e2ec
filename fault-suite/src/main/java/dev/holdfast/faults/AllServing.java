package dev.holdfast.faults;

import dev.holdfast.event.Topology;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.BrokerQueues;
import dev.holdfast.invariants.Poll;
import dev.holdfast.localstack.LocalService;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Waits until every single replica serves again; for a new order to be finished, one of each service is enough. */
record AllServing(StackUnderTest stack) {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);

    /** @throws MissedException after the timeout, naming who does not serve */
    void await(Duration timeout) throws InterruptedException, MissedException {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            List<String> lacking = Poll.lastAnswer(timeout, POLL_INTERVAL, () -> lacking(client), List::isEmpty);
            if (!lacking.isEmpty()) {
                throw new MissedException(String.join(", ", lacking));
            }
        }
    }

    private List<String> lacking(HttpClient client) throws InterruptedException {
        List<String> lacking = new ArrayList<>();
        for (LocalService service : stack.services()) {
            String answer = readiness(client, service);
            if (!answer.equals("200")) {
                lacking.add(service.name() + " is not ready: " + answer);
            }
        }
        try {
            BrokerQueues broker = stack.broker();
            broker.consumers(broker.saga()).forEach((queue, consumers) -> {
                int replicas = queue.startsWith(Topology.PAYMENT_REQUESTS)
                        ? stack.paymentsReplicas().size()
                        : stack.ordersReplicas().size();
                if (consumers != replicas) {
                    lacking.add(queue + " has " + consumers + " consumers for " + replicas + " replicas");
                }
            });
        } catch (IOException e) {
            lacking.add("RabbitMQ: " + e);
        }
        return lacking;
    }

    private static String readiness(HttpClient client, LocalService service) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(service.managementUrl() + "/q/health/ready"))
                .timeout(REQUEST_TIMEOUT)
                .build();
        try {
            int status =
                    client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            return Integer.toString(status);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
