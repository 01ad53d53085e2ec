package dev.holdfast.bench;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongConsumer;

/** Tells how far a phase is: as a bar on a terminal, by a line every five seconds elsewhere. */
final class Progress implements LongConsumer {
    private static final int BAR_WIDTH = 30;
    private static final long SECONDS_PER_LINE = 5;

    private final PrintStream out;
    private final boolean terminal;
    private final String phase;
    private final long seconds;
    private final long start = System.nanoTime();

    Progress(PrintStream out, boolean terminal, String phase, long seconds) {
        this.out = out;
        this.terminal = terminal;
        this.phase = phase;
        this.seconds = seconds;
    }

    /** Told about once a second. */
    @Override
    public void accept(long orders) {
        long second = Duration.ofNanos(System.nanoTime() - start).toSeconds();
        if (second < seconds) {
            if (terminal) {
                out.print("\r" + bar(second, seconds) + " " + line(second, orders));
                out.flush();
            } else if (second % SECONDS_PER_LINE == 0) {
                out.println(line(second, orders));
            }
        }
    }

    /** The last word. */
    void end(long orders) {
        out.println((terminal ? "\r" + bar(seconds, seconds) + " " : "") + line(seconds, orders));
    }

    static String bar(long second, long seconds) {
        int filled = (int) (BAR_WIDTH * second / seconds);
        return "[" + "#".repeat(filled) + ".".repeat(BAR_WIDTH - filled) + "]";
    }

    private String line(long second, long orders) {
        return String.format(Locale.ROOT, "%-14s %3d of %d s, %d orders", phase, second, seconds, orders);
    }
}
