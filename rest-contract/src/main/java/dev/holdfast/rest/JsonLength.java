package dev.holdfast.rest;

import org.jspecify.annotations.Nullable;

/** How long a text is as JSON in UTF-8, without writing it. */
public final class JsonLength {
    private static final int QUOTES = 2;
    private static final int NULL = 4;

    private JsonLength() {}

    /** In bytes, exactly as Jackson writes it by default, but for surrogates without a partner. */
    public static int of(@Nullable String text) {
        if (text == null) {
            return NULL;
        }
        int bytes = QUOTES;
        for (int i = 0; i < text.length(); i++) {
            bytes += of(text.charAt(i));
        }
        return bytes;
    }

    private static int of(char character) {
        if (character < ' ') {
            return switch (character) {
                case '\b', '\t', '\n', '\f', '\r' -> 2;
                default -> 6;
            };
        }
        if (character < 0x80) {
            return character == '"' || character == '\\' ? 2 : 1;
        }
        return character < 0x800 || Character.isSurrogate(character) ? 2 : 3;
    }
}
