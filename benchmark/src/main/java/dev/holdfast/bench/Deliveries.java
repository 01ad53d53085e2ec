package dev.holdfast.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * How many messages the broker has delivered to each replica from each queue, as the replicas count them.
 *
 * @param replicas where the metrics of each are, by its name for the report
 */
record Deliveries(Map<String, URI> replicas) {
    private static final Pattern DELIVERED =
            Pattern.compile("(?m)^holdfast_consumer_delivered_total\\{.*queue=\"([^\"]+)\".*} (\\S+)$");

    /** From the variables that {@code ./holdfast env} prints; of nobody where they are not there. */
    static Deliveries of(Map<String, String> environment) {
        Map<String, URI> replicas = new LinkedHashMap<>();
        Map.of("orders", "HOLDFAST_ORDERS_MANAGEMENT_URLS", "payments", "HOLDFAST_PAYMENTS_MANAGEMENT_URLS")
                .forEach((service, variable) -> {
                    String[] urls = environment.getOrDefault(variable, "").split(" ");
                    for (int i = 0; i < urls.length; i++) {
                        if (!urls[i].isEmpty()) {
                            replicas.put(RunningStack.replica(service, i), URI.create(urls[i] + "/q/metrics"));
                        }
                    }
                });
        return new Deliveries(replicas);
    }

    /** By replica and queue, since each replica was started. */
    Map<String, Long> counted() throws IOException, InterruptedException {
        Map<String, Long> counted = new TreeMap<>();
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (Map.Entry<String, URI> replica : replicas.entrySet()) {
                String metrics = client.send(
                                HttpRequest.newBuilder(replica.getValue()).build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body();
                DELIVERED
                        .matcher(metrics)
                        .results()
                        .forEach(line -> counted.put(
                                replica.getKey() + " from " + line.group(1), (long) Double.parseDouble(line.group(2))));
            }
        }
        return counted;
    }

    /** The same since then. */
    Map<String, Long> since(Map<String, Long> before) throws IOException, InterruptedException {
        Map<String, Long> since = counted();
        since.replaceAll((which, count) -> count - before.getOrDefault(which, 0L));
        return since;
    }
}
