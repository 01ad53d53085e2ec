package dev.holdfast.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalKeysTest {
    @TempDir
    Path folder;

    @Test
    void saysInWordsWhatIsInTheWayOfKeys() throws IOException {
        Files.writeString(folder.resolve("public"), "not a folder");
        assertThatThrownBy(() -> new LocalKeys(folder).makeUpForContainers())
                .isInstanceOf(StackException.class)
                .hasMessageContaining("the keys cannot be written")
                .hasMessageContaining(folder.resolve("public").toString())
                .hasMessageContaining("another folder");
    }

    @Test
    void makesKeysInFoldersThatAreThereAlready() throws IOException {
        Files.createDirectory(folder.resolve("public"));
        Files.createDirectory(folder.resolve("order-service"));
        new LocalKeys(folder).makeUpForContainers();
        assertThat(folder.resolve("public/users.pem")).exists();
        assertThat(folder.resolve("order-service/key.pem")).exists();
    }
}
