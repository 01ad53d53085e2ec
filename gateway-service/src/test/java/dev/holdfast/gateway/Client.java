package dev.holdfast.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.ConfigProvider;

/** Calls the gateway as clients do, and as clients should not. */
final class Client {
    private static final int RECEIVE_BUFFER_BYTES = 16 * 1024;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final int port;

    Client(int port) {
        this.port = port;
    }

    static Client gateway() {
        return new Client(ConfigProvider.getConfig().getValue("holdfast.gateway.port", Integer.class));
    }

    /** The address of the first replica of that service behind it. */
    static URI upstream(String name) {
        return ConfigProvider.getConfig().getValue("holdfast.gateway.upstreams." + name + ".addresses", URI.class);
    }

    /** Where health and metrics are. */
    static Client management() {
        return new Client(ConfigProvider.getConfig().getValue(FakeServices.MANAGEMENT_PORT, Integer.class));
    }

    /** @param name with its labels */
    static double metric(String name) {
        String all = management().get("/q/metrics").body();
        return Pattern.compile("(?m)^" + Pattern.quote(name) + " (.+)$")
                .matcher(all)
                .results()
                .mapToDouble(value -> Double.parseDouble(value.group(1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No " + name + " in " + all));
    }

    /** How often the gateway's limit of that name was met. */
    static double limited(String limit) {
        return metric("gateway_limited_total{limit=\"" + limit + "\"}");
    }

    HttpResponse<String> get(String target) {
        return send("GET", target, "");
    }

    HttpResponse<String> send(String method, String target, String body, String... headers) {
        return sendAsync(method, target, body, headers).join();
    }

    CompletableFuture<HttpResponse<String>> sendAsync(String method, String target, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + target))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.sendAsync(request.build(), BodyHandlers.ofString());
    }

    /** Sends these very characters on a connection of their own, and returns all that comes until it is closed. */
    String raw(String request) {
        try (Socket socket = connect(request)) {
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same, but returns as soon as the head of an answer is there, or the connection is closed without one. */
    String rawHead(String request) {
        try (Socket socket = connect(request)) {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            byte[] buffer = new byte[4_096];
            int read = 0;
            while (read >= 0 && !head.toString(ISO_8859_1).contains("\r\n\r\n")) {
                read = socket.getInputStream().read(buffer);
                head.write(buffer, 0, Math.max(read, 0));
            }
            return head.toString(ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException("No answer to " + request, e);
        }
    }

    Socket connect(String request) throws IOException {
        return connect("127.0.0.1", request);
    }

    /** The same from another address of this machine, {@code 127.…}: for the gateway another client. */
    String rawFrom(String address, String request) {
        try (Socket socket = connect(address, request)) {
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Socket connect(String address, String request) throws IOException {
        Socket socket = new Socket();
        // What a client that reads slowly has not read yet, its own kernel shall not take for it.
        socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
        socket.bind(new InetSocketAddress(address, 0));
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        return socket;
    }

    static JsonObject problem(String rawResponse) {
        return new JsonObject(rawResponse.substring(rawResponse.indexOf("\r\n\r\n") + 4));
    }
}
