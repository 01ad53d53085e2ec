package dev.holdfast.faults.stack;

import dev.holdfast.localstack.LocalService;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.stream.Stream;

/** The metrics of a service, in Prometheus' text format. */
public final class ServiceMetrics {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private ServiceMetrics() {}

    /** How many requests for that path it has answered since it was started. */
    public static long requests(LocalService service, String path) throws IOException, InterruptedException {
        return of(service)
                .filter(line ->
                        line.startsWith("http_server_requests_seconds_count{") && line.contains("uri=\"" + path + "\""))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Reads them now; returns the lines. */
    public static Stream<String> of(LocalService service) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(service.managementUrl() + "/q/metrics"))
                .timeout(TIMEOUT)
                .build();
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString())
                    .body()
                    .lines();
        }
    }
}
