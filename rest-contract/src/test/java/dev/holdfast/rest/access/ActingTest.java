package dev.holdfast.rest.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.Caller;
import dev.holdfast.access.Roles;
import io.quarkus.security.runtime.QuarkusPrincipal;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ActingTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    @Test
    void isTheTokensSubjectWhateverTheRequestClaims() {
        Caller caller = new Caller("anna", "console", Set.of(Roles.OPERATOR, Roles.BACKEND));
        assertThat(Acting.of(new CallerPrincipal(caller), "mallory", TRACE))
                .isEqualTo(new Acting("anna", "console", "backend,operator", true, TRACE));
    }

    @Test
    void isAClaimWithoutProofWhereNobodyIsAuthenticated() {
        assertThat(Acting.of(new QuarkusPrincipal(""), "anna@shop.example", TRACE))
                .isEqualTo(new Acting("anna@shop.example", null, null, false, TRACE));
        assertThat(Acting.of(new QuarkusPrincipal(""), null, null))
                .isEqualTo(new Acting(null, null, null, false, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "not\tclean",
                "-anna",
                "anna smith",
                "1234567890123456789012345678901234567890123456789012345678901234x"
            })
    void keepsNoClaimThatIsNotAPlainName(String claim) {
        assertThat(Acting.of(null, claim, null).subject()).isNull();
    }

    @Test
    void keepsWhatTheDatabaseCanKeepOfASubject() {
        Caller caller = new Caller("a\0b\uD800" + "x".repeat(300), null, Set.of(Roles.VIEWER));
        assertThat(Acting.of(new CallerPrincipal(caller), null, null).subject()).isEqualTo("a?b?" + "x".repeat(251));
    }
}
