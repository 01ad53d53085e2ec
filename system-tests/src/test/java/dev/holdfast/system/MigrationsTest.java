package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The migrations of all services change tables under the hands of replicas that serve, and never change themselves. */
class MigrationsTest {
    private static final List<Path> FOLDERS = List.of(
            Path.of("..", "event-delivery", "src", "main", "resources", "db", "delivery"),
            Path.of("..", "order-service", "src", "main", "resources", "db", "migration"),
            Path.of("..", "payment-service", "src", "main", "resources", "db", "migration"));

    /** Migrations from before these rules, and what their text was: empty tables were all they met. */
    private static final Map<String, String> SHIPPED = Map.of(
            "V0_1__outbox_and_inbox.sql",
            "db9f9333001d577d5b0901f1c777f4cf64847b7d454e9109dd5872867a5df7dc",
            "V0_2__dead_letters.sql",
            "656263364f2cbc2ba69cbc841f60653acc64f7fd7b55ce8690f668a0e3c9c833",
            "V0_3__dead_letters_to_replay.sql",
            "7a67c62ddff2b020e760ce3cd73472a10eac621f5fa22e2aa1cb58b94886d299",
            "V1__orders.sql",
            "e37a44b7ff8057def7cea39aae806f786e6313d00f04b8fbf767f1fbb7f78a4f",
            "V2__reconciliation.sql",
            "38bd77791f166b2a15e858519c6fa9dc58527118da9ba45d89d5c353674f4a9d",
            "V1__accounts_holds_and_transfers.sql",
            "a65ae9c531ab72bbeb268c307eb62e0b20a1c50441e9b5e6dc618bdb550598a0");

    /** From before one file locked one table: frozen, since they have shipped. */
    private static final Set<String> OF_SEVERAL_TABLES = Set.of("V0_4__leases.sql");

    @Test
    void noMigrationLocksATableInUseForLong() {
        for (Path folder : FOLDERS) {
            Map<String, String> migrations = migrations(folder);
            migrations.forEach((file, text) -> {
                List<String> before = migrations.entrySet().stream()
                        .takeWhile(it -> !it.getKey().equals(file))
                        .map(Map.Entry::getValue)
                        .toList();
                if (!SHIPPED.containsKey(file)) {
                    assertThat(MigrationRules.violations(text, before)).as(file).isEmpty();
                }
            });
        }
    }

    @Test
    void noMigrationLocksATableInUseWhileItWaitsForAnother() {
        for (Path folder : FOLDERS) {
            migrations(folder).forEach((file, text) -> {
                if (!SHIPPED.containsKey(file)) {
                    assertThat(MigrationRules.lockedTables(text).size() > 1)
                            .as("%s locks %s: a file for each", file, MigrationRules.lockedTables(text))
                            .isEqualTo(OF_SEVERAL_TABLES.contains(file));
                }
            });
        }
    }

    @Test
    void noMigrationTakesAnythingFromTheVersionThatServes() {
        for (Path folder : FOLDERS) {
            migrations(folder)
                    .forEach((file, text) -> assertThat(MigrationContractions.unexplained(text))
                            .as(file)
                            .isEmpty());
        }
    }

    @Test
    void theLastVersionsMigrationsAreAsTheyWere() throws Exception {
        for (Path folder : FOLDERS) {
            Map<String, String> now = migrations(folder);
            for (String file : PreviousVersion.files(folder.subpath(1, folder.getNameCount()))) {
                String name = file.substring(file.lastIndexOf('/') + 1);
                assertThat(now.getOrDefault(name, "")).as(file).isEqualTo(PreviousVersion.text(file));
            }
        }
    }

    @Test
    void migrationsComeInTheOrderOfFlyway() {
        assertThat(migrations(FOLDERS.getFirst()).keySet())
                .containsSubsequence(
                        "V0_1__outbox_and_inbox.sql",
                        "V0_4__leases.sql",
                        "V0_6__audit.sql",
                        "V0_27__senders.sql",
                        "V0_38__inbox_user_id.sql");
    }

    @Test
    void noShippedMigrationIsEdited() {
        Map<String, String> all = new LinkedHashMap<>();
        FOLDERS.forEach(folder -> all.putAll(migrations(folder)));
        SHIPPED.forEach((file, hash) ->
                assertThat(sha256(all.getOrDefault(file, ""))).as(file).isEqualTo(hash));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create index a on orders (b)",
                "create unique index a on orders (b)",
                "create index concurrently a on orders (b)",
                "drop index a",
                "alter table orders add column a uuid default gen_random_uuid()",
                "alter table orders add column a bigint not null",
                "alter table orders add column a bigint generated always as identity",
                "alter table orders alter column a type bigint",
                "alter table orders add constraint a check (b > 0)",
                "alter table orders add constraint a check (b > 0) not valid, validate constraint a",
                "alter table orders add constraint a unique (b)",
                "alter table orders add column a int, alter b set not null",
                "alter type mood add value 'x'",
                "lock table orders",
                "set lock_timeout = '1min'",
                "set local statement_timeout to 0",
                "select set_config('lock_timeout', '0', true)",
                "truncate orders",
                "update orders set a = 1",
                "with x as (select 1) delete from orders",
                "do $$ begin update orders set a = 1; end $$",
                "create table other (a int); create index b on orders (a)"
            })
    void refusesWhatLocksATableInUse(String statement) {
        assertThat(MigrationRules.violations(statement + ";", List.of())).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table a (b int); create index c on a (b); alter table a alter b type bigint; update a set b ="
                        + " 1",
                "alter table orders add column a bigint not null default 0, add column b timestamptz default now()",
                "alter table orders add column a text",
                "alter table orders add constraint a check (b > 0) not valid",
                "alter table orders validate constraint a",
                "alter table orders add constraint a unique using index c",
                "alter table orders alter checked set not null",
                "alter table orders set (autovacuum_vacuum_scale_factor = 0.05, fillfactor = 70)",
                "update orders set a = 1 where id = any(array(select id from orders where a is null limit 1000))",
                "revoke update, delete on orders from current_user",
                "create function f() returns trigger language plpgsql as $$ begin update orders set a = 1; end $$",
                "-- create index a on orders (b)\ninsert into a values (1)"
            })
    void letsWhatIsBriefPass(String statements) {
        List<String> before = List.of("alter table orders add constraint a check (checked is not null) not valid;");
        assertThat(MigrationRules.violations(statements + ";", before)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "alter table orders add column a text; alter table inbox add column a text | inbox orders",
                "alter table orders add a text; create trigger t after insert on only inbox for each row execute"
                        + " function f() | inbox orders",
                "create table a (b uuid references orders (id)); alter table only inbox add c text | inbox orders",
                "alter table orders add constraint a foreign key (b) references inbox (id) not valid | inbox orders",
                "drop table orders, inbox cascade | inbox orders",
                "drop trigger t on orders; create policy p on inbox for select using (true) | inbox orders",
                "alter table orders add a text; delete from inbox where id in (select id from inbox limit 9) | inbox"
                        + " orders",
                "alter table orders add a text; alter table if exists orders set (fillfactor = 60) | orders",
                "create table a (b int); create index c on a (b); alter table a add d text; update a set b = 1 | ''",
                "create function f() returns trigger language plpgsql as $$ begin update orders set a = 1; end $$ | ''",
                "create index concurrently a on orders (b) | ''",
                "revoke update on orders, inbox from current_user; grant select on orders, inbox to current_user | ''"
            })
    void knowsWhichTablesInUseAMigrationLocks(String statements, String tables) {
        assertThat(String.join(" ", MigrationRules.lockedTables(statements + ";")))
                .isEqualTo(tables);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "drop index concurrently if exists a; create index concurrently a on orders (b) | 0",
                "create index concurrently a on orders (b) | 1",
                "drop index concurrently if exists a; create index a on orders (b) | 1",
                "drop index concurrently a; create index concurrently a on orders (b) | 2",
                "drop index concurrently if exists a; alter table orders add column a text | 1"
            })
    void aFileThatBuildsConcurrentlyCanBeRunAgainAndDoesNothingElse(String statements, int violations) {
        assertThat(MigrationRules.violations(statements, List.of())).hasSize(violations);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "drop table orders",
                "drop view open_orders",
                "drop function f()",
                "drop trigger t on orders",
                "alter table orders drop column a",
                "alter table orders drop a",
                "alter table orders drop constraint a",
                "alter table orders rename column a to b",
                "alter table orders rename to purchases",
                "alter table orders alter column a type bigint",
                "alter table orders alter a set data type bigint",
                "alter table orders alter a drop default",
                "alter table orders alter a set not null",
                "alter table orders add column a bigint not null",
                "alter table orders add constraint a check (b > 0) not valid",
                "alter table orders add constraint a unique using index c",
                "drop index concurrently if exists a",
                "drop index concurrently if exists a; create unique index concurrently a on orders (b)"
            })
    void aMigrationSaysWhyTheLastVersionCanDoWithoutWhatItTakesAway(String statements) {
        assertThat(MigrationContractions.unexplained(statements + ";")).hasSize(1);
        assertThat(MigrationContractions.unexplained("-- Contract: not used since 1.1\n" + statements + ";"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table a (b int); create unique index c on a (b); alter table a add constraint d check (b > 0)",
                "alter table orders add column a bigint not null default 0, add b text",
                "alter table orders alter a set default 1, alter b drop not null",
                "alter table orders validate constraint a",
                "drop index concurrently if exists a; create index concurrently a on orders (b)",
                "create function f() returns trigger language plpgsql as $$ begin drop table x; end $$"
            })
    void aMigrationMayAddWhatTheLastVersionNeedNotKnow(String statements) {
        assertThat(MigrationContractions.unexplained(statements + ";")).isEmpty();
    }

    /** In the order of their versions. */
    private static Map<String, String> migrations(Path folder) {
        Map<String, String> migrations = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            files.sorted(Comparator.comparing(MigrationsTest::version, Arrays::compare))
                    .forEach(file -> migrations.put(file.getFileName().toString(), read(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(migrations).isNotEmpty();
        return migrations;
    }

    /** Part by part, as Flyway does: 0.4 comes before 0.37. */
    private static int[] version(Path file) {
        String name = file.getFileName().toString();
        return Stream.of(name.substring(1, name.indexOf("__")).split("_"))
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
