package dev.holdfast.localstack;

import dev.holdfast.access.ClientTokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The running stack's gateway, as an operator reaches it. */
final class Gateway {
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(20);

    private final String url;
    private final ClientTokens tokens;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    Gateway(String url, ClientTokens tokens) {
        this.url = url;
        this.tokens = tokens;
    }

    /** @param body JSON, or empty for none */
    HttpResponse<String> send(String method, String path, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(REQUEST_LIMIT)
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        tokens.operator().ifPresent(token -> request.header("Authorization", token));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new StackException("no answer from " + url + path + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        }
    }

    /**
     * A text or a number of a JSON object, empty where it is null; enough for these answers, and spares the launcher a JSON
     * library.
     */
    static String field(String json, String name) {
        Matcher matcher = Pattern.compile("\"" + name + "\"\\s*:\\s*(?:\"([^\"]*)\"|([-+.0-9eE]+)|null)")
                .matcher(json);
        if (!matcher.find()) {
            throw new StackException("no " + name + " in the answer " + json);
        }
        return matcher.group(1) != null ? matcher.group(1) : matcher.group(2) != null ? matcher.group(2) : "";
    }
}
