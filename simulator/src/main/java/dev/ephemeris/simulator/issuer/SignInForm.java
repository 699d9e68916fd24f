package dev.ephemeris.simulator.issuer;

import java.time.InstantSource;
import java.util.Optional;

/** What a person answered when asked who they are. */
sealed interface SignInForm {
  record SignedIn(SignIn signIn) implements SignInForm {}

  record Cancelled() implements SignInForm {}

  static SignInForm read(
      Parameters form, DevelopmentIssuer.Settings settings, InstantSource clock) {
    if (form.get("cancel").isPresent()) {
      return new Cancelled();
    }
    return form.get("person")
        .flatMap(settings::person)
        .<SignInForm>map(person -> new SignedIn(signIn(person, form.get("one_factor"), clock)))
        .orElseGet(Cancelled::new);
  }

  private static SignIn signIn(Person person, Optional<String> oneFactor, InstantSource clock) {
    return oneFactor.isPresent()
        ? SignIn.withOneFactor(person, clock.instant())
        : SignIn.withTwoFactors(person, clock.instant());
  }
}
