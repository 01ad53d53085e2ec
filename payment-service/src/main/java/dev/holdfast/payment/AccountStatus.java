package dev.holdfast.payment;

import java.util.Arrays;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What may happen on an account. Operators change it; the statements that move its money look at it by their guards, so that
 * the account's row lock decides what comes first.
 *
 * <table>
 *   <caption>What each lets happen</caption>
 *   <tr><th></th><th>OPEN</th><th>FROZEN</th><th>CLOSED</th></tr>
 *   <tr><td>a new hold, and so an order; a withdrawal</td><td>yes</td><td>no</td><td>no</td></tr>
 *   <tr><td>a deposit, an adjustment</td><td>yes</td><td>yes</td><td>no</td></tr>
 *   <tr><td>the capture of what was ordered before</td><td>yes</td><td>yes</td><td>there is nothing to capture</td></tr>
 *   <tr><td>a release, the end of a hold's time</td><td>yes</td><td>yes</td><td>nothing is held</td></tr>
 *   <tr><td>a refund</td><td>yes</td><td>yes</td><td>yes: the account is FROZEN then</td></tr>
 *   <tr><td>freeze</td><td>FROZEN</td><td>as it is</td><td>no</td></tr>
 *   <tr><td>unfreeze</td><td>as it is</td><td>OPEN</td><td>no</td></tr>
 *   <tr><td>close, with nothing on it</td><td>CLOSED</td><td>CLOSED</td><td>as it is</td></tr>
 * </table>
 */
@Schema(name = "AccountStatus")
public enum AccountStatus {
    OPEN,
    /** Money that is on its way arrives, and none is promised or paid out. */
    FROZEN,
    /** It has no money, and gets none but by a refund. */
    CLOSED,
    /** What a newer version of this service wrote. It lets happen what FROZEN does. */
    UNKNOWN;

    /** Never fails, whatever stands in the database. */
    public static AccountStatus of(String stored) {
        return Arrays.stream(values())
                .filter(status -> status.name().equals(stored))
                .findFirst()
                .orElse(UNKNOWN);
    }
}
