package dev.holdfast.headers;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/**
 * Forbids browsers to run, load or frame anything because of an answer, to guess its type and to name its address to
 * other sites, and caches to keep it. Swagger UI at {@code /docs} may load what it consists of, and be kept; so may the
 * document that it shows.
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

    private final CharSequence docsPolicy = HttpHeaders.createOptimized(DocsPolicy.ofServedPage());

    /** Before a request of this path is answered. */
    public void set(@Nullable String path, MultiMap answer) {
        if (path != null && (isAtOrBelow("/docs", path) || isAtOrBelow("/openapi", path))) {
            answer.set(POLICY, path.startsWith("/docs") ? docsPolicy : NOTHING)
                    .set(TYPE_OPTIONS, NO_SNIFF)
                    .set(REFERRER_POLICY, NO_REFERRER);
        } else {
            setForData(answer);
        }
    }

    /** For an answer that no browser shows as a page and nobody keeps. */
    public static void setForData(MultiMap answer) {
        answer.set(POLICY, NOTHING)
                .set(TYPE_OPTIONS, NO_SNIFF)
                .set(REFERRER_POLICY, NO_REFERRER)
                .set(HttpHeaders.CACHE_CONTROL, NO_STORE);
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
