package dev.holdfast.rest;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.io.InputDecorator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * JSON is UTF-8 (RFC 8259, 8.1), of which Jackson would also read forms that are longer than needed. Not a JAX-RS
 * interceptor: Quarkus parses annotations for each request that has one. Bodies are bounded before they come here.
 */
final class Utf8Input extends InputDecorator {
    private static final long serialVersionUID = 1;

    @Override
    public InputStream decorate(IOContext context, InputStream input) throws IOException {
        byte[] body = input.readAllBytes();
        return decorate(context, body, 0, body.length);
    }

    @Override
    public InputStream decorate(IOContext context, byte[] body, int offset, int length) throws IOException {
        if (!isUtf8(body, offset, length)) {
            throw new JsonParseException(null, "The body is not UTF-8");
        }
        return new ByteArrayInputStream(body, offset, length);
    }

    @Override
    public Reader decorate(IOContext context, Reader input) {
        return input;
    }

    private static boolean isUtf8(byte[] body, int offset, int length) {
        boolean isAscii = true;
        for (int i = offset; i < offset + length; i++) {
            isAscii &= body[i] >= 0;
        }
        if (isAscii) {
            return true;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body, offset, length));
            return true;
        } catch (CharacterCodingException wrong) {
            return false;
        }
    }
}
