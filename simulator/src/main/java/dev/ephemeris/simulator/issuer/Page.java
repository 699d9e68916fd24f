package dev.ephemeris.simulator.issuer;

import java.util.List;
import java.util.Locale;

/** A page for people: plain forms, no script. */
record Page(String title, Html content) {

  /** Says one thing. */
  static Page message(String title, String text) {
    return new Page(title, Html.of("<p>%s</p>", text));
  }

  /**
   * Asks who signs in to {@code clientId}; the form comes back to {@code /authorize} with its
   * one-time token.
   */
  static Page signIn(String clientId, String formToken, List<Person> people) {
    var content =
        Html.of(
            """
            <p>to continue to <strong>%s</strong></p>
            <form method="post" action="/authorize">
            %s
            <button class="quiet" name="cancel" value="yes">Cancel</button>
            </form>
            """,
            clientId, people(formToken, people));
    return new Page("Who are you today?", content);
  }

  /** Asks whether the person has this code in front of them, and who they are. */
  static Page confirmDevice(String clientId, UserCode code, String formToken, List<Person> people) {
    var content =
        Html.of(
            """
            <p><strong>%s</strong> wants to act for you on a device that shows this code:</p>
            <p class="code">%s</p>
            <p>If you don’t have that device in front of you, turn it away.</p>
            <form method="post" action="/device">
            %s
            <button class="quiet" name="cancel" value="yes">Turn it away</button>
            </form>
            """,
            clientId, code, people(formToken, people));
    return new Page("Connect a device", content);
  }

  /** Asks for the code that a device shows. */
  static Page enterCode(Html problem) {
    var content =
        Html.of(
            """
            %s
            <form method="get" action="/device">
            <label for="code">The code that your device shows</label>
            <input id="code" name="user_code" required autofocus autocomplete="off" spellcheck="false" placeholder="XXXX-XXXX">
            <button class="main">Continue</button>
            </form>
            """,
            problem);
    return new Page("Connect a device", content);
  }

  static Html problem(String text) {
    return Html.of("<p class=\"problem\" role=\"alert\">%s</p>", text);
  }

  private static Html people(String formToken, List<Person> people) {
    return Html.of(
        """
        <input type="hidden" name="form" value="%s">
        <ul>
        %s
        </ul>
        <label class="option"><input type="checkbox" name="one_factor" value="yes"> Without a second factor</label>
        """,
        formToken, Html.each(people, Page::person));
  }

  private static Html person(Person person) {
    return Html.of(
        """
        <li><button name="person" value="%s">
        <span class="initial" aria-hidden="true">%s</span>
        <span><b>%s</b> <small>%s</small></span>
        </button></li>
        """,
        person.subject(), initial(person), person.displayName(), person.email());
  }

  private static String initial(Person person) {
    return Character.toString(person.displayName().codePointAt(0)).toUpperCase(Locale.ROOT);
  }

  /** The whole document. */
  Html document() {
    return Html.of(
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>%s</title>
        <link rel="stylesheet" href="/style.css">
        </head>
        <body>
        <main>
        <h1>%s</h1>
        %s
        </main>
        <footer>Development issuer. No password, no real identity: this machine only.</footer>
        </body>
        </html>
        """,
        title, title, content);
  }
}
