package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.ConnectionFactory;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.holdfast.localstack.LocalBroker;
import dev.holdfast.localstack.LocalService;
import dev.holdfast.localstack.StackException;
import dev.holdfast.localstack.StackTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.spec.X509EncodedKeySpec;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The whole system with TLS on all connections takes no plain text, and nobody of another authority. */
@ExtendWith(OnTlsStack.class)
class TlsIT {
    private final TlsStack system;
    private final TlsShop shop;

    TlsIT(TlsStack system) throws Exception {
        this.system = system;
        shop = system.shop();
    }

    @AfterEach
    void leave() {
        shop.close();
    }

    @Test
    void anOrderIsPlacedAndCharged() throws Exception {
        UUID user = shop.openAccount();
        shop.awaitFinished(user, shop.order(user));
    }

    @Test
    void clientsOfTheGatewaySpeakHttp2AndServicesWithEachOtherHttp1() throws Exception {
        SSLContext trust = Encryption.trusting(Files.readString(system.tls.authorities()));
        try (HttpClient client = HttpClient.newBuilder().sslContext(trust).build()) {
            assertThat(TlsShop.get(client, system.stack.gateway().toString()).version())
                    .isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(TlsShop.get(client, system.orders().url()).version()).isEqualTo(HttpClient.Version.HTTP_1_1);
            assertThat(TlsShop.get(client, system.payments().url()).version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        }
    }

    @Test
    void nobodyTakesPlainText() {
        for (LocalService service : system.stack.services()) {
            assertThatThrownBy(() -> TlsShop.get(HttpClient.newHttpClient(), "http://localhost:" + service.port()))
                    .as(service.name())
                    .isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> connectToDatabase("sslmode=disable"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("no encryption");
        assertThatThrownBy(() -> connectToBroker(null)).isInstanceOf(IOException.class);
    }

    @Test
    void aClientThatTrustsAnotherAuthorityTalksToNobody() throws Exception {
        SSLContext trust = Encryption.trusting(TlsStack.pem(system.foreign));
        HttpClient client = HttpClient.newBuilder().sslContext(trust).build();
        for (LocalService service : system.stack.services()) {
            assertThatThrownBy(() -> TlsShop.get(client, service.url()))
                    .as(service.name())
                    .isInstanceOf(SSLHandshakeException.class);
        }
        Path foreignOnly = system.trust("of-a-client.pem", system.foreign);
        assertThatThrownBy(() -> connectToDatabase("sslmode=verify-full&sslrootcert=" + foreignOnly))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("SSL error");
        assertThatThrownBy(() -> connectToBroker(trust)).isInstanceOf(SSLException.class);
        // They do with whom they know, so it is not something else that keeps them away.
        connectToDatabase("sslmode=verify-full&sslrootcert=" + system.tls.authorities());
        connectToBroker(Encryption.trusting(Files.readString(system.tls.authorities())));
    }

    @Test
    void aDatabaseIsTakenOnceItsAuthorityIsTrustedAndOnlyByItsName() throws Exception {
        UUID user = shop.openAccount();
        Path authorities = system.trust("of-the-database.pem", system.foreign);
        assertThatThrownBy(() -> system.payments()
                        .start(Map.of(
                                "DATABASE_CA_FILE", authorities.toString(), "QUARKUS_FLYWAY_CONNECT_RETRIES", "0")))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("unable to find valid certification path");

        system.trust("of-the-database.pem", system.own);
        system.payments().start(Map.of("DATABASE_CA_FILE", authorities.toString()));
        system.foreign.issue(StackTls.POSTGRES, system.tls.directory());
        try {
            system.stack.postgres().restart();
            await().atMost(TlsStack.RELOAD_TIMEOUT).until(() -> shop.account(user) == 503);

            system.trust("of-the-database.pem", system.own, system.foreign);
            await().atMost(TlsStack.RELOAD_TIMEOUT).until(() -> shop.account(user) == 200);

            system.own.issueFor("elsewhere.example", StackTls.POSTGRES, system.tls.directory());
            system.stack.postgres().restart();
            assertThatThrownBy(() -> connectToDatabase("sslmode=verify-full&sslrootcert=" + system.tls.authorities()))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("could not be verified");
            // Longer than the pool needs for connections anew.
            await().during(Duration.ofSeconds(2))
                    .atMost(TlsStack.RELOAD_TIMEOUT)
                    .until(() -> shop.account(user) == 503);
        } finally {
            system.own.issue(StackTls.POSTGRES, system.tls.directory());
            system.stack.postgres().restart();
        }
        await().atMost(TlsStack.RELOAD_TIMEOUT).until(() -> shop.list(user) == 200);
    }

    @Test
    void aBrokerIsTakenOnceItsAuthorityIsTrusted() throws Exception {
        Path authorities = system.trust("of-the-broker.pem", system.foreign);
        String before = TlsStack.logOf(system.payments());
        system.payments().start(Map.of("AMQP_CA_FILE", authorities.toString()));
        TlsStack.awaitLogged(system.payments(), before, "unable to find valid certification path");
        UUID user = shop.openAccount();
        UUID order = shop.order(user);
        assertThat(shop.statusOf(user, order)).isEqualTo("NEW");

        system.trust("of-the-broker.pem", system.own);
        shop.awaitFinished(user, order);
    }

    /** Where no connection comes about there is no request, so nothing may be held that was to be released. */
    @Test
    void ordersAreRefusedWhilePaymentsIsNotTrusted() throws Exception {
        Path authorities = system.trust("of-payments.pem", system.foreign);
        UUID user = shop.openAccount();
        try (Impostor impostor = new Impostor(system.own.issueFor("elsewhere.example", "impostor", system.folder))) {
            system.orders()
                    .start(Map.of(
                            "PAYMENTS_URL",
                                    impostor.uri() + "," + system.payments().url(),
                            "TLS_CA_FILE", authorities.toString(),
                            "DATABASE_CA_FILE", system.tls.authorities().toString(),
                            "AMQP_CA_FILE", system.tls.authorities().toString()));
            long compensations = system.stack.ordersDatabase().count("select count(*) from compensation");
            assertThat(shop.tryOrder(user)).isEqualTo(503);
            assertThat(system.stack.ordersDatabase().count("select count(*) from compensation"))
                    .isEqualTo(compensations);

            TlsStack.write(authorities, Files.readString(system.tls.authorities()));
            await().atMost(TlsStack.RELOAD_TIMEOUT).until(() -> shop.tryOrder(user) == 201);
            // From now on the authority is trusted, and what it has signed for another host is refused all the same.
            int before = impostor.refused.get();
            await().atMost(TlsStack.RELOAD_TIMEOUT)
                    .until(() -> shop.tryOrder(user) == 201 && impostor.refused.get() > before);
            assertThat(impostor.taken).hasValue(0);
        } finally {
            system.orders().start();
        }
    }

    @Test
    void keysOfAnIdentityProviderAreTakenOnceItsAuthorityIsTrusted() throws Exception {
        HttpsServer provider = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        provider.setHttpsConfigurator(new HttpsConfigurator(Encryption.showing(system.own.issue("provider"))));
        byte[] keys = new JsonWebKeySet(publicKeyOfUsers()).toJson().getBytes(StandardCharsets.UTF_8);
        provider.createContext("/jwks", exchange -> {
            exchange.sendResponseHeaders(200, keys.length);
            exchange.getResponseBody().write(keys);
            exchange.close();
        });
        provider.start();
        Path authorities = system.trust("of-the-provider.pem", system.foreign);
        try {
            UUID user = shop.openAccount();
            system.gateway()
                    .start(Map.of(
                            "AUTH_KEYS",
                            "https://localhost:" + provider.getAddress().getPort() + "/jwks",
                            "AUTH_CA_FILE",
                            authorities.toString()));
            assertThat(shop.account(user)).isEqualTo(503);
            assertThat(TlsStack.logOf(system.gateway())).contains("/jwks cannot be read");

            system.trust("of-the-provider.pem", system.own);
            await().atMost(TlsStack.RELOAD_TIMEOUT).until(() -> shop.account(user) == 200);
        } finally {
            provider.stop(0);
            system.gateway().start();
        }
    }

    @Test
    void aKeyOfAnotherCertificateIsNotTaken() throws Exception {
        UUID user = shop.openAccount();
        Path key = system.foreign.issue(system.orders().name()).key();
        String before = TlsStack.logOf(system.orders());
        try {
            TlsStack.write(system.tls.directory().resolve(system.orders().name() + ".key"), Files.readString(key));
            TlsStack.awaitLogged(system.orders(), before, "holds the key of another certificate");
            assertThat(TlsStack.issuerOf(system.orders(), Files.readString(system.tls.authorities())))
                    .isNotEmpty();
            assertThat(shop.tryOrder(user)).isEqualTo(201);
        } finally {
            system.own.issue(system.orders().name(), system.tls.directory());
        }
    }

    @Test
    void aServiceThatIsGivenWrongFilesSaysWhichAndDoesNotStart() throws Exception {
        Path key = system.foreign.issue(system.orders().name()).key();
        assertThatThrownBy(() -> system.orders().start(Map.of("TLS_KEY_FILE", key.toString())))
                .isInstanceOf(StackException.class)
                .hasMessageContaining(
                        "The file " + key + ", which TLS_KEY_FILE names, holds the key of another certificate");
        assertThatThrownBy(() -> system.orders().start(Map.of("AMQP_CA_FILE", key.toString())))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("The file " + key + ", which AMQP_CA_FILE names, holds no certificates");
    }

    private void connectToDatabase(String parameters) throws SQLException {
        String user = system.stack.postgres().user("orders");
        DriverManager.getConnection(
                        system.stack.postgres().jdbcUrl("orders") + "?" + parameters,
                        user,
                        system.stack.postgres().password(user))
                .close();
    }

    /** @param trust null for plain text */
    private void connectToBroker(SSLContext trust) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(system.stack
                .brokerProcess()
                .amqpUrl(LocalBroker.ORDERS)
                .replace("amqps://", trust == null ? "amqp://" : "amqps://"));
        factory.setHandshakeTimeout(5_000);
        if (trust != null) {
            factory.useSslProtocol(trust);
            factory.enableHostnameVerification();
        }
        factory.newConnection().close();
    }

    private PublicJsonWebKey publicKeyOfUsers() throws Exception {
        byte[] encoded = Encryption.decoded(
                system.stack.tokenKey().resolveSibling("public").resolve("users.pem"));
        PublicJsonWebKey key = PublicJsonWebKey.Factory.newPublicJwk(
                KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(encoded)));
        // As tokens name it.
        key.setKeyId(key.calculateBase64urlEncodedThumbprint("SHA-256"));
        return key;
    }
}
