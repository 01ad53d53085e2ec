package dev.holdfast.system.api;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The OpenAPI document that a service or the gateway serves. */
public final class ServedApi {
    /** Numbers stay as they are written. */
    public static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .nodeFactory(JsonNodeFactory.withExactBigDecimals(true))
            .build();

    private static final Duration COMPLETE_WITHIN = Duration.ofSeconds(30);
    private static final Map<URI, ServedApi> BY_ORIGIN = new ConcurrentHashMap<>();

    private final JsonNode document;
    private final List<ApiOperation> operations = new ArrayList<>();
    private final JsonSchemas schemas;

    private ServedApi(JsonNode document) {
        this.document = document;
        this.schemas = new JsonSchemas(document);
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(operation -> operation.getValue().has("responses"))
                        .forEach(operation -> operations.add(ApiOperation.of(
                                operation.getKey().toUpperCase(Locale.ROOT), path.getKey(), operation.getValue()))));
    }

    /** Asks for it once; what the gateway serves must be complete, so all services must be up the first time. */
    public static ServedApi at(URI address) {
        URI origin = address.resolve("/");
        ServedApi known = BY_ORIGIN.get(origin);
        if (known == null) {
            known = await().atMost(COMPLETE_WITHIN)
                    .ignoreException(UncheckedIOException.class)
                    .until(() -> new ServedApi(read(origin)), ServedApi::isComplete);
            BY_ORIGIN.put(origin, known);
        }
        return known;
    }

    public JsonNode document() {
        return document;
    }

    public List<ApiOperation> operations() {
        return operations;
    }

    public JsonSchemas schemas() {
        return schemas;
    }

    /** The operation that a request means; of a path with and one without a parameter, the one without. */
    Optional<ApiOperation> operation(String method, String path) {
        String documented = method.equals("HEAD") ? "GET" : method;
        return operations.stream()
                .filter(operation -> operation.method().equals(documented) && operation.matches(path))
                .min(Comparator.comparing(operation ->
                        operation.path().chars().filter(c -> c == '{').count()));
    }

    /** What is meant by a reference, or the node itself where it is none. */
    JsonNode resolve(JsonNode node) {
        return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
    }

    private boolean isComplete() {
        return !document.at("/info/description").asText().startsWith("Incomplete");
    }

    private static JsonNode read(URI origin) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(origin.resolve("/openapi?format=json"))
                    .build();
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException("No OpenAPI document at " + origin + ": " + answer);
            }
            return MAPPER.readTree(answer.body());
        } catch (JsonProcessingException e) {
            throw new AssertionError("The OpenAPI document of " + origin + " is no JSON", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
