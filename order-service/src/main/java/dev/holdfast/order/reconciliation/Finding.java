package dev.holdfast.order.reconciliation;

import dev.holdfast.order.payments.AccountPage;
import dev.holdfast.order.payments.OrderMoney;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A contradiction with what both sides say, in words.
 *
 * @param userId of the order, or of its money where there is no order; the account's
 */
record Finding(
        Key key,
        @Nullable UUID userId,
        @Nullable String ordersSay,
        @Nullable String paymentsSay) {

    /** Further ones are left out. */
    private static final int SAID_CHARACTERS_MAX = 1_000;

    /** @param subject the order's id; the user's for kinds of an account */
    record Key(Kind kind, UUID subject) {}

    static Finding ofOrder(Kind kind, UUID orderId, @Nullable OrderFacts order, @Nullable OrderMoney money) {
        return new Finding(new Key(kind, orderId), userId(order, money), say(order), say(money));
    }

    static List<Finding> ofAccount(AccountPage.Differing account) {
        List<Finding> findings = new ArrayList<>(2);
        if (account.balance().compareTo(account.booked()) != 0) {
            findings.add(ofAccount(
                    Kind.ACCOUNT_BALANCE_DIFFERS,
                    account,
                    "balance " + account.balance() + ", by its transfers " + account.booked()));
        }
        if (account.held().compareTo(account.reserved()) != 0) {
            findings.add(ofAccount(
                    Kind.ACCOUNT_HELD_DIFFERS,
                    account,
                    "held " + account.held() + ", by its open holds " + account.reserved()));
        }
        return findings;
    }

    /** One for each kind and account, which names the numbers of its transfers. */
    static List<Finding> ofTampered(Collection<AccountPage.Tampered> all) {
        Map<Key, String> said = new LinkedHashMap<>();
        all.forEach(each -> Kind.ofPayments(each.kind())
                .ifPresent(kind -> said.merge(
                        new Key(kind, each.userId()),
                        (kind == Kind.SEAL_BROKEN ? "seal " : "version ") + each.version() + ": " + each.says(),
                        Finding::join)));
        return said.entrySet().stream()
                .map(each -> new Finding(
                        each.getKey(),
                        each.getKey().kind() == Kind.SEAL_BROKEN
                                ? null
                                : each.getKey().subject(),
                        null,
                        each.getValue()))
                .toList();
    }

    private static String join(String said, String more) {
        return said.length() > SAID_CHARACTERS_MAX ? said : said + "; " + more;
    }

    private static Finding ofAccount(Kind kind, AccountPage.Differing account, String says) {
        return new Finding(new Key(kind, account.userId()), account.userId(), null, says);
    }

    private static @Nullable UUID userId(@Nullable OrderFacts order, @Nullable OrderMoney money) {
        if (order != null) {
            return order.userId();
        }
        if (money == null) {
            return null;
        }
        return money.hold() != null
                ? money.hold().userId()
                : money.captured() != null ? money.captured().userId() : null;
    }

    private static String say(@Nullable OrderFacts order) {
        return order == null
                ? "no such order"
                : order.status() + ", " + order.amount() + " of user " + order.userId() + ", placed "
                        + order.createdAt() + ", changed " + order.updatedAt()
                        + (order.refunded().signum() == 0
                                ? ""
                                : ", refunded " + order.refunded() + ", of which done " + order.refundsDone());
    }

    private static String say(@Nullable OrderMoney money) {
        if (money == null) {
            return "nothing held, nothing captured";
        }
        OrderMoney.Hold hold = money.hold();
        return (hold == null
                        ? "no hold"
                        : "hold " + hold.status() + ", " + hold.amount() + " of user " + hold.userId() + ", until "
                                + hold.expiresAt())
                + say("captured", money.captured())
                + say("refunded", money.refunded());
    }

    private static String say(String verb, OrderMoney.@Nullable Moved moved) {
        return moved == null
                ? "; nothing " + verb
                : "; " + verb + " " + moved.amount() + " of user " + moved.userId() + " by " + moved.count()
                        + (moved.count() == 1 ? " transfer" : " transfers") + " at " + moved.at();
    }
}
