package dev.holdfast.faults.load;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;

/** Reads accounts and orders under load, and checks what can be known of them then. */
final class Reads {
    private final CheckedRequests requests;
    private final AnswerLog log;

    Reads(CheckedRequests requests, AnswerLog log) {
        this.requests = requests;
        this.log = log;
    }

    /** @param pick which of the reads, and of which order */
    void read(CustomerLedger ledger, int pick) throws InterruptedException {
        switch (pick % 4) {
            case 0 -> readAccount(ledger);
            case 1 -> read("/orders?limit=20&user_id=" + ledger.user);
            case 2 -> read("/accounts/" + ledger.user + "/transfers?limit=20");
            default -> {
                Operation operation = ledger.someOrder(pick);
                if (operation != null) {
                    readOrder(operation);
                }
            }
        }
    }

    private void readAccount(CustomerLedger ledger) throws InterruptedException {
        Answer answer = read("/accounts/" + ledger.user);
        if (answer.status() == 200) {
            JsonNode account = answer.json();
            BigDecimal balance = account.path("balance").decimalValue();
            BigDecimal held = account.path("held").decimalValue();
            BigDecimal available = account.path("available").decimalValue();
            if (held.signum() < 0
                    || available.signum() < 0
                    || balance.subtract(held).compareTo(available) != 0) {
                log.add("I1", "an account has what is held and what is available, and no less than 0", answer.body());
            }
        }
    }

    private void readOrder(Operation operation) throws InterruptedException {
        Answer answer = read("/orders/" + operation.orderId + "?user_id=" + operation.ledger.user);
        if (answer.status() == 200
                && answer.json().path("amount").decimalValue().compareTo(operation.amount()) != 0) {
            log.add("I2", "an order keeps its amount", operation + " was " + answer);
        }
    }

    private Answer read(String target) throws InterruptedException {
        return requests.expect(Request.get("read", target), 200);
    }
}
