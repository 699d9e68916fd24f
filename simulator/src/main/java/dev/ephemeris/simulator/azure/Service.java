package dev.ephemeris.simulator.azure;

import java.util.List;

/** One of Azure's services that take a tenant's tokens. */
interface Service {

  /** What a token may be for. */
  List<String> audiences();

  Answer answer(Call call, Bearer bearer);
}
