package dev.holdfast.headers;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import jakarta.inject.Singleton;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Forbids browsers to run, load or frame anything because of an answer, to guess its type and to name its address to
 * other sites, and caches to keep it. Swagger UI at {@code /docs} may load what it consists of, which may be kept for a
 * while, but not its page: what that loads and may run is of one version, and its name is of all. The document that it
 * shows may be kept.
 */
@Singleton
public final class AnswerHeaders {
    private static final CharSequence POLICY = HttpHeaders.createOptimized("Content-Security-Policy");
    private static final CharSequence NOTHING =
            HttpHeaders.createOptimized("default-src 'none'; frame-ancestors 'none'");
    private static final CharSequence TYPE_OPTIONS = HttpHeaders.createOptimized("X-Content-Type-Options");
    private static final CharSequence NO_SNIFF = HttpHeaders.createOptimized("nosniff");
    private static final CharSequence REFERRER_POLICY = HttpHeaders.createOptimized("Referrer-Policy");
    private static final CharSequence NO_REFERRER = HttpHeaders.createOptimized("no-referrer");
    private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
    private static final CharSequence FOR_AN_HOUR = HttpHeaders.createOptimized("public, max-age=3600");

    /** What a page loads. */
    private static final List<String> ASSETS = List.of(".js", ".css", ".png", ".ico", ".map");

    private final CharSequence docsPolicy = HttpHeaders.createOptimized(DocsPolicy.ofServedPage());

    /** Before a request of this path is answered. */
    public void set(@Nullable String path, MultiMap answer) {
        if (path != null && isAtOrBelow("/docs", path)) {
            // Said here, or Vert.x would have all of it kept for a day, and never asked for again.
            setForAll(answer, docsPolicy)
                    .set(HttpHeaders.CACHE_CONTROL, ASSETS.stream().anyMatch(path::endsWith) ? FOR_AN_HOUR : NO_STORE);
        } else if (path != null && isAtOrBelow("/openapi", path)) {
            setForAll(answer, NOTHING);
        } else {
            setForData(answer);
        }
    }

    /** For an answer that no browser shows as a page and nobody keeps. */
    public static void setForData(MultiMap answer) {
        setForAll(answer, NOTHING).set(HttpHeaders.CACHE_CONTROL, NO_STORE);
    }

    private static MultiMap setForAll(MultiMap answer, CharSequence policy) {
        return answer.set(POLICY, policy).set(TYPE_OPTIONS, NO_SNIFF).set(REFERRER_POLICY, NO_REFERRER);
    }

    /** The same for an answer that another service gave, which may have said more exactly what holds for it. */
    public static void completeForData(MultiMap answer) {
        complete(POLICY, NOTHING, answer);
        complete(TYPE_OPTIONS, NO_SNIFF, answer);
        complete(REFERRER_POLICY, NO_REFERRER, answer);
        complete(HttpHeaders.CACHE_CONTROL, NO_STORE, answer);
    }

    private static void complete(CharSequence name, CharSequence value, MultiMap answer) {
        if (!answer.contains(name)) {
            answer.set(name, value);
        }
    }

    private static boolean isAtOrBelow(String root, String path) {
        return path.startsWith(root) && (path.length() == root.length() || path.charAt(root.length()) == '/');
    }
}
