package dev.holdfast.system;

import java.util.List;

/**
 * Trouble that an operator has to hear of.
 *
 * @param alerts all that it raises
 */
record AlertFault(String name, List<String> alerts, Injection injection) {
    /** Makes the trouble; what it returns ends it. */
    @FunctionalInterface
    interface Injection {
        AutoCloseable inject() throws Exception;
    }
}
