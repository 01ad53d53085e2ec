package dev.holdfast.headers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DocsPolicyTest {
    @Test
    void namesEachScriptWithinThePageByItsHash() {
        String policy = DocsPolicy.of("""
                <script src="swagger-ui-bundle.js" charset="UTF-8"> </script>
                <script>alert('Hello, world.');</script>
                <script defer>
                </script>
                """);

        // The hash of the example in the specification (CSP Level 2, 4.2.5).
        assertThat(policy)
                .contains("script-src 'self' 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=' 'sha256-")
                .doesNotContain("unsafe");
        assertThat(policy.split("script-src ", 2)[1].split(";", 2)[0].split(" "))
                .hasSize(3);
    }

    @Test
    void allowsNoScriptWithinAPageThatIsNotThere() {
        assertThat(DocsPolicy.of(null)).contains("script-src 'self';");
    }
}
