package dev.ephemeris.gateway.cli;

import dev.ephemeris.simulator.issuer.Person;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Somebody before the issuer's page, who sends its form as a browser does. */
final class Visitor {

  private static final Pattern FORM = Pattern.compile("name=\"form\" value=\"([^\"]+)\"");

  private final URI page;

  private Visitor(URI page) {
    this.page = page;
  }

  static Visitor at(URI page) {
    return new Visitor(page);
  }

  void pick(Person person) {
    answer("person=" + person.subject());
  }

  void turnAway() {
    answer("cancel=yes");
  }

  private void answer(String choice) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      String shown =
          http.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString()).body();
      Matcher form = FORM.matcher(shown);
      if (!form.find()) {
        throw new IllegalStateException("no form on " + page);
      }
      HttpResponse<String> answered =
          http.send(
              HttpRequest.newBuilder(page.resolve("/device"))
                  .header("content-type", "application/x-www-form-urlencoded")
                  .POST(BodyPublishers.ofString("form=" + form.group(1) + "&" + choice))
                  .build(),
              BodyHandlers.ofString());
      if (answered.statusCode() != 200) {
        throw new IllegalStateException("the form wasn't taken: " + answered.statusCode());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
