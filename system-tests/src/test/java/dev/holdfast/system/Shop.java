package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.system.api.AnswerCheck;
import dev.holdfast.system.api.ServedApi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** A customer's view of the whole REST contract, through the gateway or straight to the services. */
final class Shop {
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration SAGA_TIMEOUT = Duration.ofSeconds(20);

    private final URI orders;
    private final URI payments;

    private final Optional<String> authorization;

    /** @param authorization sent with each request that brings none of its own */
    Shop(URI orders, URI payments, Optional<String> authorization) {
        this.orders = orders;
        this.payments = payments;
        this.authorization = authorization;
    }

    /** The same with another token, or none. */
    Shop as(Optional<String> other) {
        return new Shop(orders, payments, other);
    }

    UUID openAccount(String balance) {
        UUID user = UUID.randomUUID();
        post("/accounts/" + user, "").expect(201);
        if (new BigDecimal(balance).signum() > 0) {
            deposit(user, balance).expect(200);
        }
        return user;
    }

    Answer account(UUID user) {
        return get("/accounts/" + user);
    }

    Answer deposit(UUID user, String amount, String... headers) {
        return post("/accounts/" + user + "/deposit", "{\"amount\":" + amount + "}", headers);
    }

    Answer withdraw(UUID user, String amount, String... headers) {
        return post("/accounts/" + user + "/withdraw", "{\"amount\":" + amount + "}", headers);
    }

    Answer hold(UUID user, UUID order, String amount) {
        return post("/accounts/" + user + "/hold", "{\"order_id\":\"%s\",\"amount\":%s}".formatted(order, amount));
    }

    Answer hold(UUID user, UUID order, String amount, int expiresInSeconds) {
        return post(
                "/accounts/" + user + "/hold",
                "{\"order_id\":\"%s\",\"amount\":%s,\"expires_in_seconds\":%d}"
                        .formatted(order, amount, expiresInSeconds));
    }

    Answer release(UUID user, UUID order) {
        return post("/accounts/" + user + "/release", "{\"order_id\":\"%s\"}".formatted(order));
    }

    /** Asks for an order; headers are names and values in turn. */
    Answer placeOrder(UUID user, String amount, String... headers) {
        return post("/orders?user_id=" + user, "{\"amount\":%s,\"description\":\"a book\"}".formatted(amount), headers);
    }

    Answer cancelOrder(UUID user, UUID order) {
        return post("/orders/" + order + "/cancel?user_id=" + user, "{\"reason\":\"ordered twice\"}");
    }

    /** An order that is charged when somebody asks for it. */
    Answer authorizeOrder(UUID user, String amount, String... headers) {
        return post("/orders?user_id=" + user, "{\"amount\":%s,\"capture\":\"manual\"}".formatted(amount), headers);
    }

    Answer captureOrder(UUID user, UUID order, String body, String... headers) {
        return post("/orders/" + order + "/capture?user_id=" + user, body, headers);
    }

    /** Headers are names and values in turn. */
    Answer refundOrder(UUID user, UUID order, String body, String... headers) {
        return post("/orders/" + order + "/refunds?user_id=" + user, body, headers);
    }

    Answer order(UUID user, UUID order) {
        return get("/orders/" + order + "?user_id=" + user);
    }

    /** Waits until the order is in that state. */
    void awaitStatus(UUID user, UUID order, String status) {
        await().atMost(SAGA_TIMEOUT)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(
                        () -> assertThat(order(user, order).text("status")).isEqualTo(status));
    }

    /** Waits until the account shows that balance and so much of it held. */
    void awaitAccount(UUID user, String balance, String held) {
        await().atMost(SAGA_TIMEOUT).pollDelay(Duration.ZERO).untilAsserted(() -> {
            Answer account = account(user).expect(200);
            assertThat(account.amount("balance")).as("%s", account).isEqualByComparingTo(balance);
            assertThat(account.amount("held")).as("%s", account).isEqualByComparingTo(held);
        });
    }

    Answer get(String path) {
        return send("GET", path, null);
    }

    Answer post(String path, String body, String... headers) {
        return send("POST", path, body, headers);
    }

    /** Sends JSON unless the headers name another content type; no body at all if it is null. */
    Answer send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .timeout(ANSWER_TIMEOUT)
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (body != null && !List.of(headers).contains("Content-Type")) {
            request.header("Content-Type", "application/json");
        }
        if (!List.of(headers).contains("Authorization")) {
            authorization.ifPresent(token -> request.header("Authorization", token));
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<String> answer = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return documented(method, answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Fails unless the answer is exactly as the document says that is served beside it, and gives nothing else away. */
    private static Answer documented(String method, HttpResponse<String> response) {
        Answer answer =
                new Answer(method + " " + response.uri(), response.statusCode(), response.headers(), response.body());
        assertThat(new AnswerCheck(ServedApi.at(response.uri()))
                        .violations(method, response.uri(), response.statusCode(), response.headers(), response.body()))
                .as("what the OpenAPI document does not say: %s", answer)
                .isEmpty();
        if (!response.uri().getPath().matches("/(docs|openapi).*")) {
            assertThat(Discretion.violations(answer)).as("%s", answer).isEmpty();
        }
        return answer;
    }

    /** Makes that many requests at the same time and returns all answers. */
    static List<Answer> inParallel(int count, IntFunction<Answer> request) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer>> answers = IntStream.range(0, count)
                    .mapToObj(i -> threads.submit(() -> request.apply(i)))
                    .toList();
            return answers.stream().map(Shop::get).toList();
        }
    }

    /** Waits until so many dead letters are there, and discards them; returns their reasons. */
    List<String> discardDeadLetters(String deadLetters, int count) {
        String waiting = deadLetters + "?status=WAITING&limit=200";
        await().atMost(Duration.ofSeconds(60))
                .until(() -> get(waiting).expect(200).json().size() >= count);
        List<String> reasons = new ArrayList<>();
        get(waiting).json().forEach(deadLetter -> {
            reasons.add(deadLetter.path("reason").asText());
            post(deadLetters + "/" + deadLetter.path("id").asText() + "/discard", "{\"note\":\"expected by a test\"}")
                    .expect(200);
        });
        assertThat(reasons).hasSize(count);
        return reasons;
    }

    private static Answer get(Future<Answer> answer) {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private URI uri(String path) {
        return path.startsWith("http")
                ? URI.create(path)
                : (path.matches("(/admin)?/orders.*") ? orders : payments).resolve(path);
    }
}
