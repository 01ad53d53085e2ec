package dev.holdfast.faults;

import dev.holdfast.faults.stack.StackShape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * The faults that one stack goes through.
 *
 * @param batches the faults between two checks of the invariants; all faults of a batch promise the same to clients
 */
record Stage(StackShape shape, List<List<Fault>> batches) {
    private static final int BATCH_SIZE = 5;

    /** Two replicas and queues on the machine's disk; one of each on a disk that can be filled up. */
    private static final List<StackShape> SHAPES =
            List.of(new StackShape(2, 2, true, false), new StackShape(1, 1, true, true));

    /**
     * Every kind once, in an order that is drawn, each on one of the shapes; in the next round on the other, if it suits. Without
     * any kind, a stack that is only used and checked.
     */
    static List<Stage> round(int number, List<Fault> kinds, Random random) {
        if (kinds.isEmpty()) {
            return List.of(new Stage(SHAPES.get(number % SHAPES.size()), List.of(List.of())));
        }
        List<Fault> drawn = new ArrayList<>(kinds);
        Collections.shuffle(drawn, random);
        List<List<Fault>> byShape = List.of(new ArrayList<>(), new ArrayList<>());
        for (Fault fault : drawn) {
            // By its place in the list of kinds, which is the same in the next round.
            int preferred = (kinds.indexOf(fault) + number) % SHAPES.size();
            int chosen = fault.suits().test(SHAPES.get(preferred)) ? preferred : 1 - preferred;
            byShape.get(chosen).add(fault);
        }
        List<Stage> stages = new ArrayList<>();
        for (int shape = 0; shape < SHAPES.size(); shape++) {
            if (!byShape.get(shape).isEmpty()) {
                stages.add(new Stage(SHAPES.get(shape), batches(byShape.get(shape))));
            }
        }
        return stages;
    }

    /** All these kinds on one stack, in an order that is drawn. */
    static Stage on(StackShape shape, List<Fault> kinds, Random random) {
        List<Fault> drawn = new ArrayList<>(kinds);
        Collections.shuffle(drawn, random);
        return new Stage(shape, batches(drawn));
    }

    private static List<List<Fault>> batches(List<Fault> faults) {
        List<List<Fault>> batches = new ArrayList<>();
        for (boolean answered : new boolean[] {true, false}) {
            List<Fault> alike = faults.stream()
                    .filter(fault -> fault.promises(Fault.Promise.ANSWERS_IN_TIME) == answered)
                    .toList();
            for (int from = 0; from < alike.size(); from += BATCH_SIZE) {
                batches.add(alike.subList(from, Math.min(from + BATCH_SIZE, alike.size())));
            }
        }
        return batches;
    }
}
