package dev.holdfast.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthProbeTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final HttpServer service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);

    HealthProbeTest() throws IOException {}

    @AfterEach
    void stop() {
        service.stop(0);
    }

    @Test
    void isReadyWhereTheServiceSaysSo() {
        answers(200, "{\"status\": \"UP\"}");
        assertThat(ask()).isTrue();
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("UP");
    }

    @Test
    void isNotReadyWhereTheServiceSaysWhyNot() {
        answers(503, "{\"status\": \"DOWN\"}");
        assertThat(ask()).isFalse();
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("503", "DOWN");
    }

    @Test
    void isNotReadyWhereNobodyListens() {
        service.start();
        service.stop(0);
        assertThat(ask()).isFalse();
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("no answer from 127.0.0.1:");
    }

    private void answers(int status, String body) {
        service.createContext("/q/health/ready", exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        service.start();
    }

    private boolean ask() {
        return new HealthProbe("127.0.0.1", service.getAddress().getPort())
                .ask(new PrintStream(printed, true, StandardCharsets.UTF_8));
    }
}
