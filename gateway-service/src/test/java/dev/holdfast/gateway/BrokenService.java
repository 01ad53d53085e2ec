package dev.holdfast.gateway;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetSocket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers each request with bytes that are no HTTP, or not quite, as the last segment of its path says, and counts how often
 * that was asked for: {@code /calls?of=…}, asked directly, tells.
 */
final class BrokenService {
    private static final Map<String, String> ANSWERS = Map.ofEntries(
            Map.entry("no-http", "nonsense\r\n\r\n"),
            Map.entry("other-version", "HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
            Map.entry("no-status", "HTTP/1.1 abc OK\r\nContent-Length: 2\r\n\r\n{}"),
            Map.entry("two-lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
            Map.entry("negative-length", "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}"),
            Map.entry(
                    "length-and-coding",
                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            Map.entry("coding-in-1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            Map.entry("no-colon", "HTTP/1.1 200 OK\r\nContent-Length 2\r\n\r\n{}"),
            Map.entry("bare-line-feeds", "HTTP/1.1 200 OK\nContent-Length: 2\n\n{}"),
            Map.entry(
                    "head-too-large",
                    "HTTP/1.1 200 OK\r\nX: " + "x".repeat(40_000) + "\r\nContent-Length: 2\r\n\r\n{}"),
            Map.entry("interim-only", "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
            Map.entry("switching", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
            Map.entry("early-close", ""),
            Map.entry(
                    "large-chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100000010\r\nx\r\n0\r\n\r\n"),
            Map.entry("bad-chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nzz\r\n"),
            Map.entry("short", "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{}"),
            Map.entry("body-where-none-is", "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n{}"),
            Map.entry(
                    "two-answers",
                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n\"evil\""));

    private final Vertx vertx;
    private final Map<String, Integer> calls = new ConcurrentHashMap<>();

    BrokenService(Vertx vertx) {
        this.vertx = vertx;
    }

    int start() {
        return vertx.createNetServer()
                .connectHandler(socket -> {
                    StringBuilder received = new StringBuilder();
                    socket.handler(bytes -> answer(socket, received.append(bytes)));
                })
                .listen(0)
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
    }

    private void answer(NetSocket socket, StringBuilder received) {
        if (received.indexOf("\r\n\r\n") < 0) {
            return;
        }
        String target = received.toString().split(" ", 3)[1];
        received.setLength(0);
        if (target.startsWith("/calls?of=")) {
            int count = calls.getOrDefault(target.substring("/calls?of=".length()), 0);
            socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + count);
            return;
        }
        calls.merge(target, 1, Integer::sum);
        String answer = ANSWERS.getOrDefault(
                target.substring(target.lastIndexOf('/') + 1), "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrue");
        socket.write(answer).onComplete(written -> {
            if (answer.isEmpty() || target.endsWith("short")) {
                socket.close();
            }
        });
    }
}
