package dev.ephemeris.gateway.journal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SignedNoteTest {

  /** The example of C2SP's signed-note. */
  private static final VerifierKey KEY =
      VerifierKey.parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");

  private static final String NOTE =
      """
      This is an example message.

      \u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
      """;

  private static final String OTHERS =
      """
      \u2014 witness.example.com mJirIklj7wl5+KHGmA2qTrRZDUr6ye4FIvImj0jd2AzbCbPCbOMc4yZ0fKpcnXJmsLYNcTvjCQHvqY9v2B/5bg==
      """;

  private static SignedNote parse(String note) throws CheckpointException {
    return SignedNote.parse(note.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theExampleOfTheSpecificationVerifies() throws Exception {
    SignedNote note = parse(NOTE);

    assertThat(note.verify(Set.of(KEY))).isEqualTo(KEY);
    assertThat(note.text()).isEqualTo("This is an example message.\n");
    assertThat(note).hasToString(NOTE);
  }

  @Test
  void signaturesOfKeysThatNobodyKnowsCountForNothing() throws Exception {
    assertThat(parse(NOTE + OTHERS).verify(Set.of(KEY))).isEqualTo(KEY);
    assertThatThrownBy(() -> parse("This is an example message.\n\n" + OTHERS).verify(Set.of(KEY)))
        .isInstanceOf(CheckpointException.class)
        .hasMessage("none of the given keys has signed it");
  }

  @Test
  void aFalseSignatureOfAKnownKeySpoilsTheNote() {
    String other = NOTE.replace("This is", "This isn't");
    String twice = NOTE + NOTE.substring(NOTE.indexOf('\u2014')).replace("Uw2QOkn8", "Uw2QOkn9");

    assertThatThrownBy(() -> parse(other).verify(Set.of(KEY)))
        .isInstanceOf(CheckpointException.class)
        .hasMessage("the signature of example.com/foo is false");
    assertThatThrownBy(() -> parse(twice).verify(Set.of(KEY)))
        .isInstanceOf(CheckpointException.class);
  }

  @Test
  void aCheckpointIsOfTheLogThatHasSignedIt() throws Exception {
    LogKey one = Logs.key(new LogName("one.example.com"), 1);
    LogKey two = Logs.key(new LogName("two.example.com"), 2);
    String text = Checkpoint.sign(3, Hash.EMPTY, one).toString().split("\n\n", -1)[0] + "\n";
    byte[] signedByAnother = SignedNote.sign(text, two).toString().getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(
            () -> Checkpoint.open(signedByAnother, Set.of(one.verifierKey(), two.verifierKey())))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("it is of the log one.example.com, not two.example.com");
  }

  @Test
  void whatIsSignedAndIsNoCheckpointIsNone() {
    String name = Logs.NAME + "\n";
    for (String text :
        new String[] {
          name,
          name + "3\n",
          name + "03\n" + Hash.EMPTY + "\n",
          name + "-3\n" + Hash.EMPTY + "\n",
          name + "9223372036854775808\n" + Hash.EMPTY + "\n",
          name + "3\nAAAA\n",
          name + "3\n" + Hash.EMPTY + "\n\nmore\n",
          "\n" + name + "3\n" + Hash.EMPTY + "\n"
        }) {
      byte[] note = SignedNote.sign(text, Logs.KEY).toString().getBytes(StandardCharsets.UTF_8);
      assertThatThrownBy(() -> Checkpoint.open(note, Set.of(Logs.KEY.verifierKey())))
          .as(text)
          .isInstanceOf(CheckpointException.class);
    }
  }

  @Test
  void aCheckpointMayHaveExtensions() throws Exception {
    String text = Logs.NAME + "\n3\n" + Hash.EMPTY + "\nmore\n";
    byte[] note = SignedNote.sign(text, Logs.KEY).toString().getBytes(StandardCharsets.UTF_8);

    Checkpoint checkpoint = Checkpoint.open(note, Set.of(Logs.KEY.verifierKey()));

    assertThat(checkpoint.size()).isEqualTo(3);
    assertThat(checkpoint.bytes()).isEqualTo(note);
  }
}
