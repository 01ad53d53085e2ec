package dev.holdfast.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalPostgresIT {
    @TempDir
    Path folder;

    @Test
    void keepsWhatWasCommittedThroughACrashAndListensWhereItDid() throws SQLException {
        try (LocalPostgres postgres = LocalPostgres.start(folder.resolve("with a space"), 0)) {
            execute(postgres, "create table kept (id int); insert into kept values (42)");
            long pid = postgres.pid();
            int port = postgres.port();

            postgres.kill();
            assertThat(postgres.isAlive()).isFalse();
            postgres.start();

            assertThat(postgres.pid()).isPositive().isNotEqualTo(pid);
            assertThat(postgres.port()).isEqualTo(port);
            assertThat(query(postgres, "select id from kept")).isEqualTo("42");
            assertThat(query(postgres, "show fsync")).isEqualTo("on");
            assertThat(query(postgres, "show synchronous_commit")).isEqualTo("on");
            assertThat(query(postgres, "show server_version")).startsWith("18.");
        }
    }

    @Test
    void letsNoServiceIntoAnotherOnesDatabase() {
        try (LocalPostgres postgres = LocalPostgres.start(folder, 0)) {
            assertThatThrownBy(() -> DriverManager.getConnection(
                                    postgres.jdbcUrl("payments"), postgres.user("orders"), postgres.password("orders"))
                            .close())
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("permission denied");
            assertThatThrownBy(() -> DriverManager.getConnection(postgres.jdbcUrl("orders"), "orders", "guessed")
                            .close())
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
        }
    }

    @Test
    void endsWhatAnEarlierLauncherLeftBehind() throws SQLException {
        LocalPostgres leftBehind = LocalPostgres.start(folder, 0);
        long pid = leftBehind.pid();
        try (LocalPostgres postgres = LocalPostgres.start(folder, 0)) {
            assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
            assertThat(query(postgres, "select 1")).isEqualTo("1");
        }
        assertThat(leftBehind.isAlive()).isFalse();
    }

    private static void execute(LocalPostgres postgres, String sql) throws SQLException {
        try (Connection connection = connect(postgres);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(LocalPostgres postgres, String sql) throws SQLException {
        try (Connection connection = connect(postgres);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private static Connection connect(LocalPostgres postgres) throws SQLException {
        String owner = postgres.owner("orders");
        return DriverManager.getConnection(postgres.jdbcUrl("orders"), owner, postgres.password(owner));
    }
}
