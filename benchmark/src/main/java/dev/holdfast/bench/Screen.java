package dev.holdfast.bench;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * Where it is told what happens.
 *
 * @param terminal whether a bar can be drawn; elsewhere there are plain lines
 */
record Screen(PrintStream out, boolean terminal) {
    static Screen of(PrintStream out) {
        return new Screen(out, System.console() != null && System.console().isTerminal());
    }

    void say(String format, Object... arguments) {
        out.println(String.format(Locale.ROOT, format, arguments));
    }

    /** A bar for a phase that starts now. */
    Progress progress(String phase, Duration duration) {
        return new Progress(out, terminal, phase, duration.toSeconds());
    }
}
