package dev.holdfast.bench;

import dev.holdfast.localstack.LocalService;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;

/** How long a service takes from the start of its process to its first answer that it is ready. */
final class FirstAnswer {
    private static final int STARTS = 3;

    private FirstAnswer() {}

    /** The median of some starts, in milliseconds; it is running in the end as it was before. */
    static double milliseconds(LocalService service) {
        double[] starts = new double[STARTS];
        for (int i = 0; i < STARTS; i++) {
            starts[i] = start(service);
        }
        return Medians.of(starts);
    }

    private static double start(LocalService service) {
        service.stop();
        HttpRequest question = HttpRequest.newBuilder(URI.create(service.managementUrl() + "/q/health/ready"))
                .build();
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            long before = System.nanoTime();
            CompletableFuture<Long> answered = CompletableFuture.supplyAsync(() -> awaitReady(client, question));
            service.start();
            return (answered.join() - before) / 1e6;
        }
    }

    private static long awaitReady(HttpClient client, HttpRequest question) {
        while (true) {
            try {
                if (client.send(question, BodyHandlers.discarding()).statusCode() == 200) {
                    return System.nanoTime();
                }
            } catch (IOException notYet) {
                // Nothing listens there.
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted while a service was starting", e);
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while a service was starting", e);
        }
    }
}
