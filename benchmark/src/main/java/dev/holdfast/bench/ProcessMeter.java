package dev.holdfast.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/** Meters the processes of the stack from its making to {@link #costs}. */
final class ProcessMeter {
    private final Map<String, ProcessTree> processes;
    private final Map<String, Long> idleBytes = new LinkedHashMap<>();
    private final Map<String, Long> loadedBytes = new LinkedHashMap<>();
    private final Map<String, Double> cpuAtStart = new LinkedHashMap<>();

    /** Takes what the processes hold now as their idle memory. */
    ProcessMeter(Map<String, ProcessTree> processes) {
        this.processes = processes;
        processes.forEach((name, process) -> idleBytes.put(name, process.residentBytes()));
    }

    /** Starts to count CPU time. */
    void start() {
        processes.forEach((name, process) -> cpuAtStart.put(name, process.cpuSeconds()));
    }

    /** Takes a sample of the memory under load. */
    void sample() {
        processes.forEach((name, process) -> loadedBytes.merge(name, process.residentBytes(), Math::max));
    }

    /** The costs since {@link #start}, spread over that many orders. */
    Map<String, ProcessCost> costs(long orders) {
        Map<String, ProcessCost> costs = new LinkedHashMap<>();
        processes.forEach((name, process) -> {
            double cpuSeconds = process.cpuSeconds() - cpuAtStart.getOrDefault(name, 0.0);
            costs.put(
                    name,
                    new ProcessCost(
                            cpuSeconds * 1_000 / Math.max(1, orders),
                            idleBytes.getOrDefault(name, 0L),
                            loadedBytes.getOrDefault(name, 0L)));
        });
        return costs;
    }
}
