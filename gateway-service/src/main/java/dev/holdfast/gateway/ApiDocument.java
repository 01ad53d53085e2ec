package dev.holdfast.gateway;

import dev.holdfast.gateway.GatewayConfig.ApiDocumentConfig;
import dev.holdfast.replica.Replica;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The OpenAPI document of everything that is routed, asked of the services at run time and kept for a while. */
@ApplicationScoped
class ApiDocument {
    private static final String SOURCE = "/openapi?format=json";

    private final Upstreams upstreams;
    private final ApiDocumentConfig config;
    private @Nullable Future<Buffer> current;
    private long expiresNanos;

    ApiDocument(Upstreams upstreams, GatewayConfig config) {
        this.upstreams = upstreams;
        this.config = config.apiDocument();
    }

    /** Does not fail where a service cannot be reached: the document then says what is missing. Callers at the same time share one fetch. */
    synchronized Future<Buffer> current() {
        Future<Buffer> kept = current;
        if (kept != null && (!kept.isComplete() || expiresNanos - System.nanoTime() > 0)) {
            return kept;
        }
        Future<Buffer> fetched = fetch();
        current = fetched;
        return fetched;
    }

    private Future<Buffer> fetch() {
        List<Upstream> asked = List.copyOf(upstreams.all());
        List<Future<JsonObject>> answers = asked.stream().map(this::fetch).toList();
        return Future.join(answers).transform(joined -> Future.succeededFuture(merge(asked, answers)));
    }

    private Future<JsonObject> fetch(Upstream upstream) {
        return fetch(upstream, 0, new IllegalStateException("It has no address"))
                .timeout(config.fetchTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .onFailure(cause ->
                        upstream.failures().warn("GET " + SOURCE, "No API document from " + upstream.name(), cause));
    }

    /** From the first replica that has it, as all have the same. */
    private static Future<JsonObject> fetch(Upstream upstream, int tried, Throwable lastFailure) {
        Replica replica = upstream.choose(tried);
        if (replica == null) {
            return Future.failedFuture(lastFailure);
        }
        return upstream.open(replica, HttpMethod.GET, SOURCE)
                .compose(request -> request.putHeader(HttpHeaders.ACCEPT, "application/json")
                        .send()
                        .compose(ApiDocument::read))
                .onComplete(answered -> replica.leave())
                .recover(cause -> fetch(upstream, tried | replica.bit(), cause));
    }

    private static Future<JsonObject> read(HttpClientResponse response) {
        return response.body().map(body -> {
            if (response.statusCode() != 200) {
                throw new DecodeException("It answered with status " + response.statusCode());
            }
            return new JsonObject(body);
        });
    }

    private Buffer merge(List<Upstream> asked, List<Future<JsonObject>> answers) {
        List<ApiMerge.Part> parts = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            Upstream upstream = asked.get(i);
            JsonObject document = answers.get(i).result();
            if (document == null) {
                missing.add(upstream.name());
            } else {
                parts.add(new ApiMerge.Part(
                        upstream.name(), document, path -> upstreams.routes().find(path) == upstream));
            }
        }
        Buffer merged = ApiMerge.merge(parts, missing).toBuffer();
        keepFor(missing.isEmpty() ? config.maxAge() : config.maxAgeWhenPartial());
        return merged;
    }

    private synchronized void keepFor(Duration age) {
        expiresNanos = System.nanoTime() + age.toNanos();
    }
}
