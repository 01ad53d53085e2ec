package dev.holdfast.payment.adjustment;

import java.math.BigDecimal;
import java.util.UUID;

/**
 * What an operator asks for.
 *
 * @param change what it does to the account, with its sign; not zero
 * @param booksOnly whether it is booked without the balance, which is right already
 * @param reason up to 1,000 characters
 */
record Proposal(UUID userId, BigDecimal change, boolean booksOnly, String reason) {}
