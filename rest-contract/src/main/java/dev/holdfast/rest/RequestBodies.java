package dev.holdfast.rest;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a request says of its body: how long it is, as it would have to be counted otherwise while it is read, and that it
 * is what it looks like, without an encoding to undo and with a type that is not guessed.
 */
final class RequestBodies {
    /** Far more than any request of the contract needs. */
    static final int BYTES_MAX = 64 * 1024;

    private static final String JSON = "application/json";
    private static final String TOKEN = "[!#$%&'+.^_`|~0-9A-Za-z-]+";
    /** RFC 9110, 8.3.1, without wildcards; of a charset only UTF-8, as RFC 8259 knows no other. */
    private static final Pattern TYPE = Pattern.compile(TOKEN + "/" + TOKEN
            + "(?:[ \\t]*+;[ \\t]*+(?:(?i:charset)=\"?(?i:utf-8)\"?|(?!(?i:charset)=)" + TOKEN + "=(?:" + TOKEN
            + "|\"[^\"\\\\]*\"))?)*+");

    private RequestBodies() {}

    static @Nullable Problem refusal(HttpServerRequest request) {
        // Also beside a length, which then says nothing.
        if (request.headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
            return StatusProblems.of(411);
        }
        if (!isAnnounced(request)) {
            return null;
        }
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (isOverLimit(length)) {
            return StatusProblems.of(413);
        }
        String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            return StatusProblems.of(415, Map.of("Accept-Encoding", "identity"));
        }
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        boolean isTyped =
                type != null && (type.equals(JSON) || TYPE.matcher(type).matches());
        return isTyped ? null : StatusProblems.of(415);
    }

    static boolean isAnnounced(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return request.headers().contains(HttpHeaders.TRANSFER_ENCODING) || (length != null && !length.equals("0"));
    }

    private static boolean isOverLimit(String length) {
        try {
            return Long.parseLong(length) > BYTES_MAX;
        } catch (NumberFormatException beyondLong) {
            return true;
        }
    }
}
