package dev.holdfast.access;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/** One place where public keys are published: an address of an identity provider, or a mounted file. */
final class KeyLocation {
    private static final String PLAIN = "http://";
    private static final long TIMEOUT_SECONDS = 3;
    private static final int LENGTH_MAX = 256 * 1024;
    private static final int KEYS_MAX = 64;

    private final String location;
    private final Vertx vertx;
    private final ProviderClient client;
    /** As last read, null until then. */
    private volatile @Nullable List<PublicJsonWebKey> keys;

    /**
     * @param location an address, or the name of a file
     * @param setting that names it
     * @throws IllegalStateException for an address from which anybody on the way could put keys in place of its own
     */
    KeyLocation(String location, String setting, Vertx vertx, ProviderClient client) {
        if (location.startsWith(PLAIN) && !OpenMode.isThisMachine(OpenMode.hostOf(location))) {
            throw new IllegalStateException(
                    setting + " must not name " + location + ": keys come from another machine by https:// alone");
        }
        this.location = location;
        this.vertx = vertx;
        this.client = client;
    }

    boolean isRemote() {
        return location.startsWith("https://") || location.startsWith(PLAIN);
    }

    /** None before they were read for the first time. */
    List<PublicJsonWebKey> keys() {
        List<PublicJsonWebKey> read = keys;
        return read == null ? List.of() : read;
    }

    boolean wasRead() {
        return keys != null;
    }

    /** Fails where they cannot be had; then those that were read before stay. */
    Future<Void> read() {
        Future<Buffer> content = isRemote() ? fetch() : vertx.fileSystem().readFile(location);
        return content.timeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).map(buffer -> {
            keys = parse(buffer.toString(StandardCharsets.UTF_8));
            return null;
        });
    }

    /** In one context from its beginning to its end: in two, the answer may be over before anybody reads it. */
    private Future<Buffer> fetch() {
        RequestOptions request = new RequestOptions()
                .setAbsoluteURI(location)
                .setMethod(HttpMethod.GET)
                .putHeader("Accept", "application/jwk-set+json, application/json")
                .setIdleTimeout(TimeUnit.SECONDS.toMillis(TIMEOUT_SECONDS));
        Promise<Buffer> fetched = Promise.promise();
        vertx.getOrCreateContext()
                .runOnContext(begun -> client.request(request)
                        .compose(HttpClientRequest::send)
                        .compose(KeyLocation::body)
                        .onComplete(fetched));
        return fetched.future();
    }

    private static Future<Buffer> body(HttpClientResponse response) {
        if (response.statusCode() != 200) {
            response.request().reset();
            return Future.failedFuture(new JoseException("It answered " + response.statusCode()));
        }
        Promise<Buffer> whole = Promise.promise();
        Buffer body = Buffer.buffer();
        response.exceptionHandler(whole::tryFail)
                .handler(part -> {
                    if (body.length() + part.length() > LENGTH_MAX) {
                        whole.tryFail(new JoseException("It answered more than " + LENGTH_MAX + " bytes"));
                        response.request().reset();
                    } else {
                        body.appendBuffer(part);
                    }
                })
                .endHandler(end -> whole.tryComplete(body));
        return whole.future();
    }

    private static List<PublicJsonWebKey> parse(String text) {
        try {
            List<PublicJsonWebKey> keys = text.stripLeading().startsWith("{") ? jwks(text) : pem(text);
            if (keys.size() > KEYS_MAX) {
                throw new JoseException("It holds more than " + KEYS_MAX + " public keys for signatures");
            }
            return List.copyOf(keys);
        } catch (JoseException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** A file may just be written, so one without keys is taken for one that cannot be read. */
    private static List<PublicJsonWebKey> pem(String text) throws JoseException {
        List<PublicJsonWebKey> keys = PemKeys.publicKeys(text);
        if (keys.isEmpty()) {
            throw new JoseException("It is no JSON Web Key Set, and holds no PUBLIC KEY");
        }
        return keys;
    }

    /**
     * A set without keys says that none counts any more. Symmetric keys, and those for encryption, prove nothing here.
     *
     * @throws JoseException also where there are keys, and none can be read
     */
    private static List<PublicJsonWebKey> jwks(String json) throws JoseException {
        List<JsonWebKey> all = new JsonWebKeySet(json).getJsonWebKeys();
        if (all.isEmpty() && !List.of().equals(JsonUtil.parseJson(json).get(JsonWebKeySet.JWK_SET_MEMBER_NAME))) {
            throw new JoseException("It holds no key that can be read");
        }
        return all.stream()
                .filter(key -> key.getUse() == null || key.getUse().equals("sig"))
                .filter(PublicJsonWebKey.class::isInstance)
                .map(PublicJsonWebKey.class::cast)
                .toList();
    }

    @Override
    public String toString() {
        return location;
    }
}
