package dev.holdfast.command;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Asks a service whether it is ready, by a socket alone: a JVM that starts for it loads next to nothing. */
record HealthProbe(String host, int port) {
    private static final int TIMEOUT_MILLIS = 3_000;
    /** Docker shows no more of what a health check prints. */
    private static final int MAX_ANSWER_BYTES = 4096;

    private static final String REQUEST = "GET /q/health/ready HTTP/1.0\r\n\r\n";

    /** @param out is told what the service answers, or why it does not */
    boolean ask(PrintStream out) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readNBytes(MAX_ANSWER_BYTES), StandardCharsets.UTF_8);
            out.println(answer);
            return answer.startsWith("HTTP/1.0 200 ") || answer.startsWith("HTTP/1.1 200 ");
        } catch (IOException e) {
            out.println("no answer from " + host + ":" + port + ": " + e.getMessage());
            return false;
        }
    }
}
