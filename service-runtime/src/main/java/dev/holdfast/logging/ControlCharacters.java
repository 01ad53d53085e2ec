package dev.holdfast.logging;

/** Characters that end a line, steer a terminal or turn the direction of text, and how they are written instead. */
final class ControlCharacters {
    private ControlCharacters() {}

    static boolean isIn(String text) {
        return text.chars().anyMatch(ControlCharacters::isControl);
    }

    /** The same text with each of them as <code>\</code><code>n</code>, <code>\</code><code>u001b</code> and so on. */
    static String escape(String text) {
        if (!isIn(text)) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            switch (character) {
                case '\n' -> escaped.append("\\n");
                case '\r' -> escaped.append("\\r");
                case '\t' -> escaped.append("\\t");
                default -> {
                    if (isControl(character)) {
                        escaped.append("\\u%04x".formatted((int) character));
                    } else {
                        escaped.append(character);
                    }
                }
            }
        }
        return escaped.toString();
    }

    private static boolean isControl(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.FORMAT -> true;
            default -> false;
        };
    }
}
