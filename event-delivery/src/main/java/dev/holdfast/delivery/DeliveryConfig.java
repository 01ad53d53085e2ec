package dev.holdfast.delivery;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** How events are sent, received and kept. */
@ConfigMapping(prefix = "holdfast")
public interface DeliveryConfig {
    Broker broker();

    Relay relay();

    Consumer consumer();

    DeadLetters deadLetters();

    Retention retention();

    Workers workers();

    Admin admin();

    /** How old the numbers may be that metrics and readiness show of the outbox and of dead letters. */
    @WithDefault("10s")
    Duration gaugesEvery();

    interface Broker {
        /**
         * {@code amqp://user:password@host:port/vhost}, or {@code amqps://} for TLS. The user is the sender of what is published.
         * Only a migration that ends by itself needs none.
         */
        Optional<String> url();

        /**
         * A file with the password, in place of the one in the URL. It is read for each connection, so that a password
         * changes without a restart: connections that are open go on.
         */
        Optional<Path> passwordFile();

        /**
         * A PEM file with the authorities that may have signed the broker's certificate, where the URL is {@code amqps://};
         * without it the JDK's. It is read for each connection.
         */
        Optional<Path> caFile();

        /**
         * How many queues each direction has on the broker. All of them are consumed by each replica; over how many of them
         * events are spread the broker decides, which can be told otherwise while all run.
         */
        @WithDefault("1")
        @Min(1)
        @Max(64)
        int queues();

        /** How long a connection attempt may take. */
        @WithDefault("5s")
        Duration connectTimeout();

        /** The longest pause between two attempts to reach a broker that is away. */
        @WithDefault("5s")
        Duration maxReconnectDelay();
    }

    interface Relay {
        /** Rows published and marked together; also the number of confirms that may be outstanding. */
        @WithDefault("256")
        int batchSize();

        /** How long a row waits at most when the signal of its commit was lost, for example with a crashed process. */
        @WithDefault("1s")
        Duration pollInterval();

        /** After this long without a confirm an event counts as not sent, and is sent again: twice, if it had arrived. */
        @WithDefault("10s")
        Duration confirmTimeout();

        /**
         * How long a replica that has stopped keeps its batch from the others. It must be much longer than an
         * attempt, which takes at most the confirm timeout: afterwards others publish again what still waits for its
         * confirms.
         */
        @WithDefault("20s")
        Duration lease();

        /** The longest pause before an event that the broker refused is tried again; it is never given up. */
        @WithDefault("1m")
        Duration maxBackOff();
    }

    interface Consumer {
        /**
         * The broker user whose messages are applied. Those of any other become dead letters, which can be discarded and
         * not replayed.
         */
        String sender();

        /**
         * Whether messages are applied that name no sender, as those of versions with one user of the broker. Only during the
         * update from there: whoever may write to one of the exchanges can leave the sender out.
         */
        @WithDefault("false")
        boolean acceptWithoutSender();

        /** Messages applied in one transaction at most. */
        @WithDefault("256")
        int batchSize();

        /** Messages that the broker may leave unacknowledged at this consumer: its share of the work in flight. */
        @WithDefault("512")
        int prefetch();

        /** How often a message that fails for an unknown reason is tried alone before it becomes a dead letter. */
        @WithDefault("5")
        int maxAttempts();

        /** The pause before the second attempt; it doubles with each further one. */
        @WithDefault("200ms")
        Duration retryDelay();

        /** The longest pause between two attempts, also while the database is away. */
        @WithDefault("5s")
        Duration maxRetryDelay();
    }

    interface DeadLetters {
        /** How long a dead letter waits on the broker at most before it is seen; those this process set aside are seen at once. */
        @WithDefault("1s")
        Duration pollInterval();

        /**
         * How much of a body is kept. A longer one is shown in part and cannot be replayed; no event is nearly as
         * long.
         */
        @WithDefault("256K")
        MemorySize maxPayload();

        /** How many dead letters may wait for an operator; further ones stay on the broker. */
        @WithDefault("100000")
        int maxWaiting();
    }

    interface Workers {
        /**
         * How long all workers of the service together may take to finish their work when it stops. Together with
         * the delay and the timeout of the HTTP server's shutdown it must be less than the time after which the
         * process is killed.
         */
        @WithDefault("10s")
        Duration stopTimeout();
    }

    interface Admin {
        /** Whether the resources below {@code /admin} are there; without them dead letters are kept all the same. */
        @WithDefault("true")
        boolean enabled();
    }

    interface Retention {
        /** How long sent events are kept; unsent ones are never removed. */
        @WithDefault("7d")
        Duration outbox();

        /** How long the inbox remembers an event: a duplicate that comes later meets only the guards of the business. */
        @WithDefault("14d")
        Duration inbox();

        /** How long dead letters are kept after they were replayed or discarded; those that wait are never removed. */
        @WithDefault("30d")
        Duration deadLetters();

        /** Rows deleted by one statement at most, so that no long transaction holds back the vacuum. */
        @WithDefault("1000")
        int batchSize();
    }
}
