package dev.holdfast.headers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The Content-Security-Policy of Swagger UI: files and API of this very host, and those scripts within its page whose
 * hashes are named. They are computed from the page, which the build writes from settings.
 */
final class DocsPolicy {
    /** Where the build puts the page that is served. */
    private static final String PAGE =
            "META-INF/io.smallrye_smallrye-open-api-ui__jar/META-INF/resources/openapi-ui/index.html";

    /** Of the style that Swagger UI's bundle adds to the page; without it the browser's console only has a complaint. */
    private static final String STYLE_HASH = "sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w=";

    private static final Pattern INLINE_SCRIPT =
            Pattern.compile("<script(?![^>]*\\ssrc=)[^>]*>(.*?)</script>", Pattern.DOTALL);

    private DocsPolicy() {}

    /** Allows no script within a page where there is none, as in a service without Swagger UI. */
    static String ofServedPage() {
        try (InputStream page = Thread.currentThread().getContextClassLoader().getResourceAsStream(PAGE)) {
            return of(page == null ? null : new String(page.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String of(@Nullable String page) {
        StringBuilder scripts = new StringBuilder("'self'");
        if (page != null) {
            Matcher inline = INLINE_SCRIPT.matcher(page);
            while (inline.find()) {
                scripts.append(" 'sha256-").append(sha256(inline.group(1))).append('\'');
            }
        }
        return "default-src 'none'; script-src " + scripts + "; style-src 'self' '" + STYLE_HASH
                + "'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    private static String sha256(String script) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every JDK has SHA-256", impossible);
        }
    }
}
