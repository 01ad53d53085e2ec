package dev.holdfast.rest;

import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.ext.Provider;
import jakarta.ws.rs.ext.ReaderInterceptor;
import jakarta.ws.rs.ext.ReaderInterceptorContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** JSON is UTF-8 (RFC 8259, 8.1). Jackson would also read UTF-16 and UTF-32, and forms of UTF-8 that are longer than needed. */
@Provider
public final class Utf8Bodies implements ReaderInterceptor {
    /** Jackson tells UTF-16 and UTF-32 by the zeros among so many bytes at the beginning. */
    private static final int DETECTION_BYTES = 4;

    @Override
    public @Nullable Object aroundReadFrom(ReaderInterceptorContext context) throws IOException {
        byte[] body = context.getInputStream().readAllBytes();
        if (body.length == 0) {
            return context.proceed();
        }
        if (!isUtf8(body)) {
            throw new BadRequestException(Problem.withErrors(
                    400,
                    Problem.MALFORMED_JSON,
                    "The body is not JSON in UTF-8.",
                    List.of(new FieldError("body", "must be in UTF-8"))));
        }
        context.setInputStream(new ByteArrayInputStream(body));
        return context.proceed();
    }

    private static boolean isUtf8(byte[] body) {
        boolean isAscii = true;
        for (int i = 0; i < body.length; i++) {
            isAscii &= body[i] >= 0;
            if (body[i] == 0 && i < DETECTION_BYTES) {
                return false;
            }
        }
        if (isAscii) {
            return true;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
            return true;
        } catch (CharacterCodingException wrong) {
            return false;
        }
    }
}
