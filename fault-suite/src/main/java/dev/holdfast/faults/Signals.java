package dev.holdfast.faults;

import dev.holdfast.localstack.StackProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Signals that a process cannot refuse. */
public final class Signals {
    private Signals() {}

    /** Sends it to the process, then to all that it has started: PostgreSQL has a process for each connection. */
    public static void toAll(StackProcess process, String signal) throws IOException, InterruptedException {
        ProcessHandle first = ProcessHandle.of(process.pid())
                .orElseThrow(() -> new IllegalStateException(process.name() + " does not run"));
        List<String> command = new ArrayList<>(List.of("kill", "-" + signal, Long.toString(first.pid())));
        run(command);
        List<String> children =
                first.descendants().map(child -> Long.toString(child.pid())).toList();
        if (!children.isEmpty()) {
            // One may have ended by itself meanwhile, so the exit status tells nothing.
            List<String> toChildren = new ArrayList<>(List.of("kill", "-" + signal));
            toChildren.addAll(children);
            run(toChildren);
        }
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        // The shell's own kill, since a minimal system has no kill program.
        new ProcessBuilder("/bin/sh", "-c", String.join(" ", command) + " 2>/dev/null")
                .start()
                .waitFor();
    }
}
