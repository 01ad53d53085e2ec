package dev.holdfast.faults.load;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Collections;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Carries steps out, request by request, and judges each answer by what the contract allows and the book tells. */
final class Traffic {
    private static final int SHORT_EXPIRY_SECONDS = 2;
    private static final int LONG_EXPIRY_SECONDS = 24 * 60 * 60;
    private static final String OUTSIDE_THE_CONTRACT = "each answer is one that the contract allows";

    private final Caller caller;
    private final Watch watch;
    private final Names names;

    Traffic(Caller caller, Watch watch, Names names) {
        this.caller = caller;
        this.watch = watch;
        this.names = names;
    }

    /** All that the step asks for; returns when the last of it is answered. */
    void carryOut(Operation operation, Step step) throws InterruptedException {
        switch (operation.kind) {
            case ORDER -> order(operation, step);
            case DEPOSIT -> deposit(operation, step);
            case HOLD -> hold(operation);
        }
        operation.book.settle(operation);
    }

    /** Repeats what got no clear answer, once. */
    void repeat(Operation operation) throws InterruptedException {
        switch (operation.kind) {
            case ORDER -> place(operation);
            case DEPOSIT -> pay(operation);
            case HOLD -> {
                if (operation.releaseAsked) {
                    release(operation);
                } else {
                    take(operation);
                }
            }
        }
        operation.book.settle(operation);
    }

    private void order(Operation operation, Step step) throws InterruptedException {
        copies(step, () -> place(operation));
        if (step.otherBody() && operation.applied) {
            expectKeyReused(names.order(operation, operation.cents + 1));
        }
    }

    private void deposit(Operation operation, Step step) throws InterruptedException {
        copies(step, () -> pay(operation));
        if (step.otherBody() && operation.applied) {
            expectKeyReused(names.deposit(operation, operation.cents + 1));
        }
    }

    private void place(Operation operation) throws InterruptedException {
        Request request = names.order(operation, operation.cents);
        Book.Window window = operation.book.begin(operation);
        try {
            Answer answer = send(request);
            switch (answer.status()) {
                case 201 -> onPlaced(operation, request, answer);
                case 402 -> onShort(operation, request, answer, window);
                default -> onOther(operation, request, answer, answer.is(409, "idempotency_key_exhausted"));
            }
        } finally {
            operation.book.end(window);
        }
    }

    private void onPlaced(Operation operation, Request request, Answer answer) {
        JsonNode body = answer.json();
        UUID id = uuid(body.path("id").asText(""));
        if (id == null
                || !body.path("amount").isNumber()
                || body.path("amount").decimalValue().compareTo(operation.amount()) != 0) {
            watch.add("I8", "an order is answered with its id and amount", request + " was " + answer);
            return;
        }
        if (operation.tooDear()) {
            watch.add("I1", "nothing is sold for money that no customer has", request + " was " + answer);
        }
        UUID before = operation.book.placed(operation, id);
        if (before == null) {
            watch.countPlaced();
        } else if (!before.equals(id)) {
            watch.add(
                    "I7",
                    "all answers to one Idempotency-Key name one order",
                    request + " was first answered " + before + ", then " + id);
        }
    }

    private void pay(Operation operation) throws InterruptedException {
        Request request = names.deposit(operation, operation.cents);
        Book.Window window = operation.book.begin(operation);
        try {
            Answer answer = send(request);
            if (answer.status() == 200) {
                if (!operation.book.applied(operation, answer.body().hashCode())) {
                    watch.add(
                            "I7",
                            "a repeated deposit gets the first answer",
                            request + " was " + answer + ", which is not what it was before");
                }
            } else {
                onOther(operation, request, answer, false);
            }
        } finally {
            operation.book.end(window);
        }
    }

    private void hold(Operation operation) throws InterruptedException {
        Answer first = take(operation);
        if (first.status() != 200) {
            return;
        }
        Answer again = take(operation);
        boolean expires = operation.afterwards == Step.Afterwards.LET_EXPIRE;
        if (again.status() == 200 && !expires && !again.text("expires_at").equals(first.text("expires_at"))) {
            watch.add("I7", "a repeated hold gets the first answer", operation + ": " + first + ", then " + again);
        }
        Request other = names.hold(operation, operation.cents + 1, expirySeconds(operation));
        expect(other, send(other), 409, "hold_conflict");
        if (operation.afterwards == Step.Afterwards.RELEASE) {
            operation.book.askRelease(operation);
            boolean once = release(operation);
            boolean twice = once && release(operation);
            if (twice) {
                Request late = names.hold(operation, operation.cents, LONG_EXPIRY_SECONDS);
                expect(late, send(late), 409, "hold_released");
            }
        }
    }

    private Answer take(Operation operation) throws InterruptedException {
        Request request = names.hold(operation, operation.cents, expirySeconds(operation));
        Book.Window window = operation.book.begin(operation);
        try {
            Answer answer = send(request);
            switch (answer.status()) {
                case 200 -> operation.book.applied(operation, 0);
                case 402 -> onShort(operation, request, answer, window);
                default -> onOther(operation, request, answer, false);
            }
            return answer;
        } finally {
            operation.book.end(window);
        }
    }

    private boolean release(Operation operation) throws InterruptedException {
        Request request = names.release(operation);
        Answer answer = send(request);
        if (answer.status() == 200) {
            operation.book.released(operation);
            return true;
        }
        if (!answer.unclear()) {
            watch.add("I7", "an acknowledged hold can be released, again and again", request + " was " + answer);
        }
        return false;
    }

    private void onShort(Operation operation, Request request, Answer answer, Book.Window window) {
        operation.book.refused(operation);
        String figures = operation.book.neverShort(operation, window);
        if (figures != null) {
            watch.add(
                    "I8",
                    "contention is never answered as insufficient funds",
                    request + " was " + answer + "; " + figures);
        }
    }

    private void onOther(Operation operation, Request request, Answer answer, boolean refusal) {
        if (answer.unclear()) {
            operation.book.unclear(operation);
        } else if (refusal) {
            operation.book.refused(operation);
        } else if (request.key() == null || !answer.is(409, "idempotency_in_progress")) {
            watch.add("I8", OUTSIDE_THE_CONTRACT, request + " was " + answer);
        }
    }

    private void expectKeyReused(Request request) throws InterruptedException {
        Answer answer = send(request);
        if (answer.status() == 200 || answer.status() == 201) {
            watch.add("I7", "a key is not used for another body", request + " was " + answer);
        } else if (!answer.is(409, "idempotency_in_progress")) {
            expect(request, answer, 422, "idempotency_key_reused");
        }
    }

    void read(Book book, int pick) throws InterruptedException {
        Operation operation = book.someOrder(pick);
        switch (pick % 4) {
            case 0 -> readAccount(book);
            case 1 -> expect(Request.get("read", "/orders?limit=20&user_id=" + book.user), 200);
            case 2 -> expect(Request.get("read", "/accounts/" + book.user + "/transfers?limit=20"), 200);
            default -> {
                if (operation != null) {
                    readOrder(operation);
                }
            }
        }
    }

    private void readAccount(Book book) throws InterruptedException {
        Answer answer = expect(Request.get("read", "/accounts/" + book.user), 200);
        if (answer.status() == 200) {
            JsonNode account = answer.json();
            BigDecimal balance = account.path("balance").decimalValue();
            BigDecimal held = account.path("held").decimalValue();
            BigDecimal available = account.path("available").decimalValue();
            if (held.signum() < 0
                    || available.signum() < 0
                    || balance.subtract(held).compareTo(available) != 0) {
                watch.add("I1", "an account has what is held and what is available, and no less than 0", answer.body());
            }
        }
    }

    private void readOrder(Operation operation) throws InterruptedException {
        Answer answer =
                expect(Request.get("read", "/orders/" + operation.orderId + "?user_id=" + operation.book.user), 200);
        if (answer.status() == 200
                && answer.json().path("amount").decimalValue().compareTo(operation.amount()) != 0) {
            watch.add("I2", "an order keeps its amount", operation + " was " + answer);
        }
    }

    void sendWrongInput(Book book, int pick) throws InterruptedException {
        WrongInput input = WrongInput.of(book.user, pick);
        expect(input.request(), input.status());
    }

    private Answer expect(Request request, int status) throws InterruptedException {
        Answer answer = send(request);
        if (!answer.unclear() && answer.status() != status) {
            watch.add("I8", OUTSIDE_THE_CONTRACT, request + " was " + answer + " and not " + status);
        }
        return answer;
    }

    private void expect(Request request, Answer answer, int status, String code) {
        if (!answer.unclear() && !answer.is(status, code)) {
            watch.add(
                    "I7",
                    "a request that contradicts an earlier one is refused",
                    request + " was " + answer + " and not " + status + " " + code);
        }
    }

    private Answer send(Request request) throws InterruptedException {
        long start = System.nanoTime();
        Answer answer = caller.send(request);
        watch.count(request, answer, Duration.ofNanos(System.nanoTime() - start));
        return answer;
    }

    private static void copies(Step step, Sending sending) throws InterruptedException {
        if (!step.atOnce()) {
            for (int copy = 0; copy < step.copies(); copy++) {
                sending.send();
            }
            return;
        }
        Callable<Boolean> copy = () -> {
            sending.send();
            return true;
        };
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> sent : threads.invokeAll(Collections.nCopies(step.copies(), copy))) {
                sent.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private static int expirySeconds(Operation operation) {
        return operation.afterwards == Step.Afterwards.LET_EXPIRE ? SHORT_EXPIRY_SECONDS : LONG_EXPIRY_SECONDS;
    }

    private static @Nullable UUID uuid(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private interface Sending {
        void send() throws InterruptedException;
    }
}
