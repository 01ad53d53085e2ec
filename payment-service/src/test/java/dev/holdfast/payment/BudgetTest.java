package dev.holdfast.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What waits gives up before whoever waits for it. */
class BudgetTest {
    /** order-service's read timeout. */
    private static final Duration CALLER = Duration.ofSeconds(3);

    @Test
    void aRequestGivesUpBeforeItsCallerDoes() throws IOException {
        Properties settings = new Properties();
        try (InputStream file = getClass().getResourceAsStream("/application.properties")) {
            settings.load(file);
        }
        String url = settings.getProperty("quarkus.datasource.jdbc.url");
        Duration statement = Duration.ofSeconds(seconds(url, "statement_timeout=(\\d+)s"));
        Duration lock = Duration.ofSeconds(seconds(url, "lock_timeout=(\\d+)s"));
        Duration connection = Duration.parse("PT0."
                + settings.getProperty("quarkus.datasource.jdbc.acquisition-timeout")
                        .replace("ms", "S"));
        assertThat(connection.plus(statement)).isLessThan(CALLER);
        assertThat(lock).isLessThan(statement);
        assertThat(Duration.ofSeconds(seconds(url, "socketTimeout=(\\d+)"))).isGreaterThan(statement);
    }

    private static long seconds(String url, String setting) {
        Matcher found = Pattern.compile(setting).matcher(url);
        assertThat(found.find()).as(setting).isTrue();
        return Long.parseLong(found.group(1));
    }
}
