package dev.ephemeris.gateway.oauth;

import dev.ephemeris.simulator.tls.LoopbackCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Somebody's browser: it keeps cookies, goes where it is sent, and sends the forms that it is
 * shown.
 */
public final class TestBrowser implements AutoCloseable {

  private static final Pattern FORM =
      Pattern.compile("<form[^>]*action=\"([^\"]+)\"[^>]*>(.*?)</form>", Pattern.DOTALL);
  private static final Pattern HIDDEN =
      Pattern.compile("<input[^>]*type=\"hidden\"[^>]*name=\"([^\"]*)\"[^>]*value=\"([^\"]*)\"");
  private static final int MOST_REDIRECTS = 15;

  private final HttpClient http;

  /** By host and port. */
  private final Map<String, Map<String, String>> cookies = new HashMap<>();

  public TestBrowser(LoopbackCertificate certificate) {
    try {
      http = HttpClient.newBuilder().sslContext(certificate.clientTls()).build();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What it shows, or where it would go that isn't a page of ours. */
  public record Page(URI uri, int status, String body, HttpResponse<String> response) {

    /** Where its first link to such a path leads. */
    public String link(String path) {
      Matcher link =
          Pattern.compile("href=\"([^\"]*" + Pattern.quote(path) + "[^\"]*)\"").matcher(body);
      if (!link.find()) {
        throw new IllegalStateException("no link to " + path + " on " + uri);
      }
      return link.group(1).replace("&amp;", "&");
    }

    /** One of the parameters that it was sent away with. */
    public String query(String name) {
      return parameter(uri, name);
    }

    /** The parameters that it was sent away with. */
    public Map<String, String> query() {
      return parameters(uri);
    }
  }

  /** The parameter of this name. */
  public static String parameter(URI of, String name) {
    return Objects.requireNonNull(parameters(of).get(name), name);
  }

  private static Map<String, String> parameters(URI of) {
    Map<String, String> query = new LinkedHashMap<>();
    for (String pair : of.getRawQuery().split("&", -1)) {
      String[] both = pair.split("=", 2);
      query.put(both[0], URLDecoder.decode(both[1], StandardCharsets.UTF_8));
    }
    return query;
  }

  /** Opens a page, and follows where that leads, but not to a program on this machine. */
  public Page open(URI uri) throws IOException, InterruptedException {
    return follow(uri, HttpRequest.newBuilder(uri));
  }

  /** Sends the first form of a page whose action ends so, with what is hidden in it, and this. */
  public Page submit(Page page, String action, String field, String value)
      throws IOException, InterruptedException {
    return submit(page, action, Map.of(field, value), Map.of());
  }

  /** The same, with several fields, and headers. */
  public Page submit(
      Page page, String action, Map<String, String> fields, Map<String, String> headers)
      throws IOException, InterruptedException {
    Matcher form = FORM.matcher(page.body());
    while (form.find()) {
      String to = form.group(1).replace("&amp;", "&");
      if (to.endsWith(action)) {
        Map<String, String> all = new LinkedHashMap<>();
        Matcher hidden = HIDDEN.matcher(form.group(2));
        while (hidden.find()) {
          all.put(hidden.group(1), hidden.group(2));
        }
        all.putAll(fields);
        URI uri = page.uri().resolve(to);
        HttpRequest.Builder request =
            HttpRequest.newBuilder(uri)
                .header("content-type", "application/x-www-form-urlencoded")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        all.entrySet().stream()
                            .map(each -> encoded(each.getKey()) + '=' + encoded(each.getValue()))
                            .collect(Collectors.joining("&"))));
        headers.forEach(request::header);
        return follow(uri, request);
      }
    }
    throw new IllegalStateException(
        "no form for " + action + " on " + page.uri() + "\n" + page.body());
  }

  /** Goes on to a page that asks nothing of a person, such as a program's on this machine. */
  public Page visit(Page page) throws IOException, InterruptedException {
    HttpResponse<String> response = send(page.uri(), HttpRequest.newBuilder(page.uri()));
    return new Page(page.uri(), response.statusCode(), response.body(), response);
  }

  /** Signs this person in at the development issuer, if it asks. */
  public Page signIn(URI uri, String subject) throws IOException, InterruptedException {
    Page asked = open(uri);
    return asked.body().contains("name=\"person\"")
        ? submit(asked, "/authorize", "person", subject)
        : asked;
  }

  /**
   * Signs this person in, at the development issuer, npm's oidc-provider or Keycloak (where their
   * name is their password): the page on which they are asked what may act for them.
   */
  public Page identify(URI uri, String subject) throws IOException, InterruptedException {
    Page page = signIn(uri, subject);
    if (page.body().contains("kc-form-login")) {
      page = submit(page, "", Map.of("username", subject, "password", subject), Map.of());
    }
    while (page.body().contains("name=\"prompt\"")) {
      page =
          page.body().contains("name=\"login\"")
              ? submit(page, "", "login", subject)
              : submit(page, "", "x", "y");
    }
    return page;
  }

  /** Signs this person in, wherever that is, and lets what asks for it act for them. */
  public void allow(URI uri, String subject) {
    try {
      Page answered = submit(identify(uri, subject), "", "answer", "allow");
      if (answered.uri().getPath().equals("/callback")) {
        visit(answered);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private Page follow(URI uri, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpResponse<String> response = send(uri, request);
    URI at = uri;
    for (int i = 0; i < MOST_REDIRECTS && response.statusCode() / 100 == 3; i++) {
      at = at.resolve(response.headers().firstValue("location").orElseThrow());
      if (at.getPath().equals("/callback")) { // of a client's
        return new Page(at, response.statusCode(), "", response);
      }
      response = send(at, HttpRequest.newBuilder(at));
    }
    return new Page(at, response.statusCode(), response.body(), response);
  }

  private HttpResponse<String> send(URI uri, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    Map<String, String> kept = cookies.computeIfAbsent(uri.getAuthority(), host -> new HashMap<>());
    if (!kept.isEmpty()) {
      StringBuilder header = new StringBuilder();
      kept.forEach(
          (name, value) ->
              header.append(header.isEmpty() ? "" : "; ").append(name).append('=').append(value));
      request.header("cookie", header.toString());
    }
    HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
    for (String cookie : response.headers().allValues("set-cookie")) {
      String[] pair = cookie.split(";", 2)[0].split("=", 2);
      if (cookie.contains("Max-Age=0")) {
        kept.remove(pair[0]);
      } else {
        kept.put(pair[0], pair[1]);
      }
    }
    return response;
  }

  /** A cookie's value, as somebody would have it who has stolen it. */
  public Optional<String> cookie(URI of, String name) {
    return Optional.ofNullable(cookies.getOrDefault(of.getAuthority(), Map.of()).get(name));
  }

  /** Puts a cookie there. */
  public void cookie(URI of, String name, String value) {
    cookies.computeIfAbsent(of.getAuthority(), host -> new HashMap<>()).put(name, value);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    http.close();
  }
}
