package dev.holdfast.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalBrokerIT {
    @TempDir
    Path folder;

    @Test
    void keepsConfirmedMessagesOfQuorumQueuesThroughACrash() throws Exception {
        try (LocalBroker broker = LocalBroker.start(folder.resolve("with a space"), 0)) {
            // RabbitMQ writes down a new quorum queue's place some time after it has answered that the queue is
            // there; an orderly stop does so too.
            publish(broker, "consumed before");
            broker.restart();
            assertThat(consume(broker)).isEqualTo("consumed before");
            publish(broker, "kept");
            String url = broker.amqpUrl();
            long pid = broker.pid();

            broker.kill();
            assertThat(broker.isAlive()).isFalse();
            broker.start();

            assertThat(broker.pid()).isPositive().isNotEqualTo(pid);
            assertThat(broker.amqpUrl()).isEqualTo(url);
            assertThat(consume(broker)).isEqualTo("kept");
        }
    }

    @Test
    void runsBesideAnotherAndLeavesNoProcessBehind() throws Exception {
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");
        try (LocalBroker one = LocalBroker.start(first, 0);
                LocalBroker other = LocalBroker.start(second, 0)) {
            publish(one, "one");
            publish(other, "other");
            assertThat(consume(one)).isEqualTo("one");
            assertThat(consume(other)).isEqualTo("other");
            assertThat(processesOf(folder)).isNotEmpty();

            assertThatThrownBy(() -> connect(one.amqpUrl().replaceFirst(":[0-9a-f]{32}@", ":guessed@")))
                    .isInstanceOf(IOException.class);
        }
        assertThat(processesOf(folder)).isEmpty();
    }

    @Test
    void takesOtherPortsWhereSomebodyHasTakenOneOfThoseChosen() throws Exception {
        try (ServerSocket somebody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Iterator<Integer> chosen = List.of(Ports.free(), somebody.getLocalPort(), Ports.free(), Ports.free())
                    .iterator();
            try (LocalBroker broker =
                    new LocalBroker(folder, 0, 1, Optional.empty(), folder.resolve("rabbitmq.log"), chosen::next)) {
                broker.start();
                publish(broker, "one");
                assertThat(chosen).isExhausted();
            }
        }
    }

    private static void publish(LocalBroker broker, String body) throws Exception {
        try (Connection connection = connect(broker.amqpUrl());
                Channel channel = connection.createChannel()) {
            channel.queueDeclare("tried", true, false, false, Map.of("x-queue-type", "quorum"));
            channel.confirmSelect();
            channel.basicPublish(
                    "", "tried", MessageProperties.PERSISTENT_BASIC, body.getBytes(StandardCharsets.UTF_8));
            channel.waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(20));
        }
    }

    /** A quorum queue elects its leader after a restart, so its first answer may take a moment. */
    private static String consume(LocalBroker broker) throws Exception {
        try (Connection connection = connect(broker.amqpUrl());
                Channel channel = connection.createChannel()) {
            GetResponse response = Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> channel.basicGet("tried", true), answer -> answer != null);
            return new String(response.getBody(), StandardCharsets.UTF_8);
        }
    }

    private static Connection connect(String url) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(url);
        return factory.newConnection();
    }

    /** Whatever still has its working directory in the folder: the node, its port mapper, their helpers. */
    private static List<Long> processesOf(Path folder) {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> {
                    try {
                        return Files.readSymbolicLink(Path.of("/proc/" + pid + "/cwd"))
                                .startsWith(folder.toRealPath());
                    } catch (IOException e) {
                        return false;
                    }
                })
                .toList();
    }
}
